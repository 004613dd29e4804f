"""Box plots that are pixels: bodies, whiskers, medians, and points beyond them, as ink.

May use `ingest.charts`. Knows where outlines may be and what pixels show; knows no palette.
"""

__all__ = [
    "box_shapes",
]
