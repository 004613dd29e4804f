"""By which keys lettering that was read once is kept. Knows documents; knows no pixels."""

from __future__ import annotations

from typing import Final, Protocol

from rag.datamodel import FULL_PAGE, BBox, Document, Element
from rag.protocols import OcrLine

READING: Final = "ppocr-v6-1"
"""Stands in cache keys. Change it when pictures are drawn or read in another way."""


class OcrCache(Protocol):
    """Lettering that was read before, by a key of what it was read from."""

    def get(self, key: str) -> list[OcrLine] | None: ...
    def put(self, key: str, lines: list[OcrLine]) -> None: ...


def cache_key(document: Document, element: Element) -> str:
    """Return the key of one pending element: its picture, or its place in the document."""
    if element.image is not None:
        return f"{READING}:{element.image.id}"
    box = box_of(element)
    place = ",".join(f"{side:.4f}" for side in (box.x0, box.y0, box.x1, box.y1))
    return f"{READING}:{document.id}:{element.page}:{place}"


def cache_keys(document: Document) -> list[str]:
    """Return the keys of all pending elements, in their order."""
    return [cache_key(document, element) for element in document.elements if element.pending]


def box_of(element: Element) -> BBox:
    """Return the element's place on its page; the whole page where it has none."""
    return element.bbox or FULL_PAGE
