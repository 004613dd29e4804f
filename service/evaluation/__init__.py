"""Questions with known answers, asked and scored.

May use `session` and below.
"""

__all__ = [
    "collections",
    "evaluate",
    "reading_rooms",
]
