"""Files on disk: found, told by kind, read whole.

May use `rag`.
"""

__all__ = [
    "archive",
    "discover",
    "encoding",
    "media_type",
    "media_types",
    "stable_read",
]
