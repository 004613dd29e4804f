"""The passages of an answer: units of the hits, scored and chosen together.

May use `evidence` and below.
"""

__all__ = [
    "choice",
    "passages",
    "picked_rows",
    "units",
]
