"""The chat: conversations, bubbles, what was attached.

May use `library`, `scope`, `source`, `tables` and below.
"""

__all__ = [
    "conversation",
    "conversation_routes",
    "conversations",
    "given_routes",
    "page",
    "suggestions_routes",
    "talks",
]
