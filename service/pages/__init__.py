"""Pages as they look: originals found again, slides laid out and drawn.

May use `rag`.
"""

__all__ = ["originals", "page_views", "slide_drawing", "slide_layout"]
