"""Questions about the documents themselves, and one question asked of many.

May use `summary`, `trust` and below.
"""

__all__ = ["byline", "collection", "library"]
