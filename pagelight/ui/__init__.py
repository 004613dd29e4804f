"""The chat in the browser, and its routes.

May use `pagelight.services`, `ingest` and `rag`.
"""
