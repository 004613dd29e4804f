"""Conversations, reported answers, and what is shared.

May use `ledger` and `rows`.
"""

__all__ = [
    "conversations",
    "reports",
    "shares",
]
