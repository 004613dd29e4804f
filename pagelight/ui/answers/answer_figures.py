"""The pictures of an answer, as bytes to take along.

Knows values of `rag.datamodel` and pages; knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
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


def font_file(*, bold: bool = False) -> Path:
    """Return DejaVu Sans, which matplotlib brings: letters of Europe, Greek and Cyrillic too."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib, a dependency, is not installed")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
