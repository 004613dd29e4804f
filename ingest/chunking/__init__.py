"""Documents cut into chunks, and the names that chunks are found by.

May use the values of `rag`.
"""
