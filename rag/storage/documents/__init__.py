"""How values are written as rows, which words they have, and who may see them.

May use the values of `rag`.
"""
