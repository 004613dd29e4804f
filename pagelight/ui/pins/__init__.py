"""Pinned answers: gathered on a page with notes, and taken along as a document.

May use `answers`, `source` and below.
"""
