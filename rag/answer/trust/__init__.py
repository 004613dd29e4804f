"""How sure an answer is, and whether its sources bear it out.

May use `computed`, `rerank` and below.
"""

__all__ = [
    "confidence",
    "facts",
    "nearness",
    "short_chance",
    "support",
    "verify",
]
