"""The kinds of pictures.

May use `ingest` and `rag`.
"""
