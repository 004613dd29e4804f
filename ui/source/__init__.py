"""The source panel: pages, boxes, slides, text to select, words found.

May use `html` and `http`.
"""

__all__ = [
    "figures",
    "find",
    "outline",
    "pages",
    "region",
    "slides",
    "sources",
    "worked",
]
