"""The list of documents, and the state of what is read.

May use `models`, `scope` and below.
"""
