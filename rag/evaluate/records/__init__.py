"""Questions, what was answered to them, and how both are kept.

May use the values of `rag`.
"""

__all__ = [
    "kept",
    "nuggets",
    "questions",
    "report",
    "text_match",
]
