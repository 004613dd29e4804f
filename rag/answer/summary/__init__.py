"""Summaries of a document, of a part or of several.

May use `question` and `base`.
"""

__all__ = ["documents", "summary", "text"]
