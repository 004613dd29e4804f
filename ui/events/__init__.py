"""What changes is told to open pages as it happens.

May use `http`.
"""

__all__ = [
    "changes",
    "events_routes",
]
