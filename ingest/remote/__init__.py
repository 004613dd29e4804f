"""Folders that lie on no disk of this machine: listed by their server, fetched file by file.

May use `rag` and `ingest.files`; how a server is reached, `rag.index.buckets` knows.
"""
