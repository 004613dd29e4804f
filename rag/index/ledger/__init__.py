"""The ledger: SQLite tables of documents, pages, cells and members, under one lock.

May use `rows`.
"""
