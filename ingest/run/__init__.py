"""A run of ingest: planned, read, lettered, written, watched.

May use every room of `ingest`.
"""

__all__ = [
    "attach",
    "figure_descriptions",
    "lettering_pass",
    "pause",
    "pipeline",
    "progress",
    "text_pass",
    "watch",
    "writer",
]
