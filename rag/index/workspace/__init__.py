"""A workspace whole: what is committed, seen, checked and tidied in one step.

May use every room of `rag.index`.
"""

__all__ = [
    "commit",
    "mending",
    "shared_pictures",
    "store",
]
