"""Paths and pictures of a PDF page, and the figures that they make.

May use `letters`.
"""

__all__ = [
    "clips",
    "drawings",
    "figures",
    "objects",
]
