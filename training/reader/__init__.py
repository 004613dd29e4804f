"""The reader: data, model, training, export.

May use `rag.neural`.
"""

__all__ = [
    "data",
    "metrics",
    "rows",
]
