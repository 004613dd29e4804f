"""The ledger: SQLite tables of documents, pages, cells and members, under one lock.

May use `rows`.
"""

__all__ = [
    "catalog",
    "cells",
    "document_pictures",
    "folder",
    "languages",
    "ledger",
    "left_out",
    "lock",
    "members",
    "pages",
    "schema",
    "soundness",
    "source_folders",
    "stamp",
    "transactions",
]
