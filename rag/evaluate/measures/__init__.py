"""The figures of a run, with intervals, and one run beside another.

May use `records`.
"""

__all__ = [
    "bootstrap",
    "boxes",
    "collections",
    "compare",
    "confidence_metrics",
    "evidence_held",
    "passages",
    "places",
    "ranking",
    "reasons",
    "summary",
]
