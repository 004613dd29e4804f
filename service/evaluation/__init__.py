"""Questions with known answers, asked and scored.

May use `session` and below.
"""

__all__ = [
    "chosen",
    "collections",
    "evaluate",
    "left_out",
    "reading_rooms",
]
