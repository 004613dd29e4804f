"""The chat in the browser, its routes, and the terminal.

May use `service`, `ingest` and `rag`.
"""
