"""Questions over tables, answered by queries that a language model writes.

Knows no chunk and no store.
"""
