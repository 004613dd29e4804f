"""Workbooks and delimited text.

May use `base`.
"""

__all__ = [
    "sheets",
]
