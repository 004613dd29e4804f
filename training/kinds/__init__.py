"""The head that tells kinds of questions.

May use `rag`.
"""
