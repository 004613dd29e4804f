"""Pictures as files, their kind, their vectors, and the lettering that was read on them.

May use `search` and below.
"""

__all__ = [
    "lettering_cache",
    "picture_kind",
    "picture_looks",
    "pictures",
    "unlettered",
]
