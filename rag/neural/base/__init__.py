"""What every model needs: weights, memory, threads, margins, devices, precision.

May use the values of `rag`.
"""

__all__ = [
    "batches",
    "bert",
    "device",
    "margin",
    "memory",
    "precision",
    "thoughts",
    "threads",
    "weights",
]
