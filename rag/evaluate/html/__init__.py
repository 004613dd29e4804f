"""A run as one page of HTML.

May use `measures` and `records`.
"""

__all__ = [
    "album",
    "compare",
    "parts",
    "report_html",
    "words",
]
