"""The chat: conversations, bubbles, what was attached."""
