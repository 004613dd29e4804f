"""Pages as they look: originals found again, slides laid out and drawn.

May use `rag` and `ingest`.
"""
