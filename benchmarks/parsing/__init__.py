"""Arbitrary bytes against parsers and against what is stored.

May use `base`, `ingest` and `rag`. What is called `target` runs in an environment of its own.
"""
