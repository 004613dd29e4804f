"""The ledger: SQLite tables of documents, pages, cells and members, under one lock.

May use `rows`.
"""

__all__ = [
    "catalog",
    "cells",
    "folder",
    "languages",
    "ledger",
    "left_out",
    "lock",
    "members",
    "pages",
    "stamp",
]
