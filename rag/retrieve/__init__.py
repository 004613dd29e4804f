"""Chooses hits: channels run side by side, fused by rank.

May use `rag.index`.
"""

__all__ = [
    "dictionary",
    "fusion",
    "meaning",
    "related_words",
    "retriever",
    "sight",
    "spelling",
    "years",
]
