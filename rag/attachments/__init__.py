"""Answers about the pictures and files that a question brought.

May use `rag.answer`; knows no model, no store and no page.
"""
