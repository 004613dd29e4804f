"""Pages as they look: originals found again, slides laid out and drawn.

May use `rag` and `ingest`.
"""

__all__ = [
    "originals",
    "page_pictures",
    "page_views",
    "same_slides",
    "slide_drawing",
    "slide_layout",
]
