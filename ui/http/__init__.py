"""Doors: who comes in, from where, how often, with which files.

May use `html`.
"""

__all__ = [
    "addresses",
    "api_error",
    "asgi",
    "chat_door",
    "door",
    "forwarded",
    "guard",
    "headers",
    "lasting",
    "page_head",
    "people",
    "speaking",
    "trail",
    "uploads",
]
