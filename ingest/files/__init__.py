"""Files on disk: found, told by kind, read whole.

May use `rag`.
"""

__all__ = [
    "archive",
    "discover",
    "encoding",
    "format",
    "formats",
    "media_type",
    "stable_read",
]
