"""What is kept of documents: the ledger, the vectors, the pictures, and the search in them.

May use the values of `rag`.
"""
