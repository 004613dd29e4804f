"""The chat: conversations, bubbles, what was attached.

May use `library`, `scope`, `source`, `tables` and below.
"""
