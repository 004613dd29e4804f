"""A prompt as chat messages and pictures within a budget.

May use `base`.
"""

__all__ = [
    "chat_messages",
    "prompt_pictures",
]
