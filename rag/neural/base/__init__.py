"""What every model needs: folders of weights, memory, threads, margins.

May use the values of `rag`.
"""

__all__ = [
    "batches",
    "bert",
    "margin",
    "memory",
    "thoughts",
    "threads",
    "weights",
]
