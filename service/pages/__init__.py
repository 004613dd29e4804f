"""Pages as they look: originals found again, slides laid out and drawn.

May use `rag` and `ingest`.
"""

__all__ = [
    "drawing_turns",
    "originals",
    "page_pictures",
    "page_views",
    "renders",
    "same_slides",
    "slide_drawing",
    "slide_layout",
]
