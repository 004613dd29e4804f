"""The source panel: pages, boxes, slides, recordings, text to select, words found.

May use `html` and `http`.
"""

__all__ = [
    "also",
    "figures",
    "find",
    "outline",
    "player",
    "region",
    "rows",
    "slides",
    "sources",
    "table_answers",
    "tools",
    "transcript",
]
