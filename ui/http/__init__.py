"""Doors: who comes in, from where, how often, with which files.

May use `html`.
"""

__all__ = [
    "api_error",
    "chat_door",
    "door",
    "forwarded",
    "guard",
    "headers",
    "people",
    "uploads",
]
