"""A run of ingest: planned, read, lettered, written, watched.

May use every room of `ingest`.
"""
