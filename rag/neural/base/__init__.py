"""What every model needs: folders of weights, memory, threads, margins, precision.

May use the values of `rag`.
"""

__all__ = [
    "batches",
    "bert",
    "margin",
    "memory",
    "precision",
    "thoughts",
    "threads",
    "weights",
]
