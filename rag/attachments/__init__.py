"""Answers about what comes with a question: a picture or a document that a person attaches.

May use `rag.datamodel`, `rag.text` and `rag.answer`; knows no model, no store and no page.
"""
