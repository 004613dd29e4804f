"""Letters and words of a PDF page, with their boxes and directions.

May use `base`.
"""

__all__ = [
    "accents",
    "calls",
    "direction",
    "geometry",
    "opening",
    "runs",
    "words",
]
