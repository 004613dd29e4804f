"""Pages as pixels, for a model that sees: drawn from the original, slides from what was read.

Knows documents and a renderer; knows no model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from pagelight.services.rendering.originals import Originals
from pagelight.services.rendering.page_pictures import is_drawn, is_slides, whole_picture
from pagelight.services.rendering.slide_drawing import draw_slide
from rag.datamodel import Document, ImageAsset, PageView
from rag.errors import SourceError
from rag.protocols import PageRenderer, Pixels

VIEW_WIDTH_PX: Final = 1400
"""170 dots an inch of A4: more than a model is shown of one page."""


class PageViews:
    """Draws pages. Implements `rag.engine.seeing.PageDrawer`."""

    def __init__(
        self,
        document: Callable[[str], Document | None],
        pixels_of: Callable[[ImageAsset], Pixels],
        originals: Originals,
        renderer: PageRenderer,
    ) -> None:
        self._document = document
        self._pixels_of = pixels_of
        self._originals = originals
        self._renderer = renderer

    def can_draw(self, media_type: str) -> bool:
        """Tell whether documents of this type have pages that can be drawn."""
        return is_drawn(media_type) or is_slides(media_type)

    def draw(self, view: PageView) -> Pixels:
        """Return the page. Raises OSError where it is gone, or can't be drawn."""
        doc = self._document(view.doc_id)
        if doc is None or not 1 <= view.page <= doc.page_count:
            raise FileNotFoundError(f"page {view.page} of {view.doc_id} is gone")
        if doc.media_type.startswith("image/"):
            image = whole_picture(doc, view.page)
            if image is None:
                raise FileNotFoundError(f"the picture of {doc.id} is not stored")
            return self._pixels_of(image)
        if is_slides(doc.media_type):
            return draw_slide(doc, view.page, self._pixels_of, width_px=VIEW_WIDTH_PX)
        draw = partial(self._renderer.render, page=view.page, width_px=VIEW_WIDTH_PX)
        try:
            pixels = self._originals.read(doc, draw)
        except SourceError as error:
            raise OSError(str(error)) from error
        if pixels is None:
            raise FileNotFoundError(f"the file of {view.doc_id} is gone, or was changed")
        return pixels
