"""The source panel: pages, boxes, slides, text to select, words found.

May use `html` and `http`.
"""

__all__ = [
    "figures",
    "find",
    "pages",
    "region",
    "slides",
    "sources",
    "worked",
]
