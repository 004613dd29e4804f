"""Charts read as data: axes, legend and marks of what is drawn, and the table that they make.

May use the values of `rag`. Knows no file format: it is given lines, fills and words.
"""

__all__ = [
    "areas",
    "axes",
    "bars",
    "categories",
    "ink",
    "legend",
    "lines",
    "numbers",
    "remarks",
    "scale",
    "table",
]
