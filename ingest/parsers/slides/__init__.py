"""Presentations.

May use `base`.
"""

__all__ = [
    "slides",
]
