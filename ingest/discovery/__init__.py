"""Files on disk: found, told by kind, read whole.

May use `rag`.
"""
