"""Conversations and reported answers.

May use `ledger` and `rows`.
"""

__all__ = [
    "conversations",
    "reports",
]
