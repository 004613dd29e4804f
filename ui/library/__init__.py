"""The list of documents, and the state of what is read.

May use `models`, `scope` and below.
"""

__all__ = [
    "library",
    "library_files",
    "library_routes",
    "status",
]
