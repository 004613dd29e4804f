"""Lettering of scans and pictures, read by OCR and put in order.

May use `layout`.
"""

__all__ = [
    "charts",
    "lettering",
    "ocr",
    "query_image",
]
