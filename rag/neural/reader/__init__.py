"""The small reader: spans that answer, and which words moved it.

May use `base`.
"""

__all__ = [
    "adapter",
    "attribution",
    "inputs",
    "model",
    "reader",
    "spans",
]
