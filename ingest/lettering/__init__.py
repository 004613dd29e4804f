"""Lettering of scans and pictures, read by OCR and put in order.

May use `layout`.
"""

__all__ = [
    "cache",
    "charts",
    "lettering",
    "ocr",
    "page_ranges",
    "picture_sight",
    "query_image",
]
