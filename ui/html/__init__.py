"""Pieces of HTML and words that every page uses.

Uses nothing of `ui`.
"""

__all__ = [
    "cells",
    "escape",
    "language",
    "markdown_text",
    "marking",
    "named",
    "sentences",
    "shortcuts",
    "words",
]
