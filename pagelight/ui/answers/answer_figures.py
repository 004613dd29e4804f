"""The pictures of an answer, as bytes to take along.

Knows values of `rag.datamodel` and pages; knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pagelight.services.answering.protocols import Library
from pagelight.services.rendering.page_pictures import Pages, encoded
from pagelight.ui.source.figures import widened
from rag.datamodel import Answer, Figure

_SUFFIX: Final = {"image/jpeg": "jpg", "image/png": "png"}

ReadFigure = Callable[[Answer, Figure], tuple[bytes, str] | None]
"""Returns the bytes of a figure's picture and its file's suffix; None where it has none."""


def figure_reader(library: Library, pages: Pages) -> ReadFigure:
    """Return what reads a figure as it is shown: the stored picture, or the part of its page."""

    def read(answer: Answer, figure: Figure) -> tuple[bytes, str] | None:
        if figure.image is not None:
            found = library.assets.find(figure.image.id)
            return (found[0].read_bytes(), _SUFFIX.get(found[1], "png")) if found else None
        doc = library.document(answer.citations[figure.citation].chunk.doc_id)
        if doc is None or figure.page is None or figure.bbox is None:
            return None
        pixels = pages.crop(doc, figure.page, widened(figure.bbox))
        return None if pixels is None else (encoded(pixels), "png")

    return read
