"""Folders that lie on no disk of this machine: listed by their server, fetched file by file.

May use `rag` and `ingest.discovery`; how a server is reached, `rag.storage.images` knows.
"""
