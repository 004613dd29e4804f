"""Who may come in, and what they may see.

May use `rag`.
"""

__all__ = [
    "keeping",
    "passwords",
    "person",
    "start_token",
    "turn",
    "users",
]
