"""Questions over tables, answered by queries that a language model writes.

May use `rag.tables` and the seam of the language model; knows no chunk and no store.
"""
