"""Files on disk: found, told by kind, read whole.

May use `rag`.
"""

__all__ = [
    "archive",
    "discover",
    "encoding",
    "families",
    "format",
    "formats",
    "media_type",
    "sidecars",
    "stable_read",
]
