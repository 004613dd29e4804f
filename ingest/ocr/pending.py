"""What of a document is yet to be read: by which keys it is kept, handed out in which ranges.

Knows elements and the order of a document; knows no reader, no thread, no pixels, no storage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rag.datamodel import FULL_PAGE, BBox, Document, Element
from rag.protocols import OcrLine

READING: Final = "ppocr-v6-1"
"""Stands in cache keys. Change it when pictures are drawn or read in another way."""

MAX_PAGES: Final = 8
"""Pages of a range: a scan of 500 pages is some seventy ranges, and what is joined comes in few."""


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


class RangedDocument:
    """A document under work. `unreadable` is shared by the readers of all of its ranges.

    Once it is `given_up` none of its ranges need be read any more. Its ranges may be read on
    several threads; `take` and what follows are called from one.
    """

    def __init__(self, document: Document, *, readers: int) -> None:
        self.document = document
        self.unreadable: dict[str, str] = {}
        self.given_up = False
        self.seconds = 0.0
        self._parts = _parts(document, readers)
        self._read: dict[int, Document] = {}

    @property
    def ranges(self) -> Iterator[PageRange]:
        """Yield its ranges, together all of its elements, in their order."""
        for number, elements in enumerate(self._parts):
            part = replace(self.document, elements=elements, warnings=())
            yield PageRange(whole=self, number=number, part=part)

    def take(self, number: int, lettered: Document, *, seconds: float) -> None:
        """Keep what was read of a range in so many seconds."""
        self._read[number] = lettered
        self.seconds += seconds

    @property
    def is_complete(self) -> bool:
        return len(self._read) == len(self._parts)

    def joined(self) -> Document:
        """Return the document as it was read, in the order of its pages."""
        parts = [self._read[number] for number in range(len(self._parts))]
        return replace(
            self.document,
            elements=tuple(element for part in parts for element in part.elements),
            warnings=(*self.document.warnings, *(text for part in parts for text in part.warnings)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRange:
    """Some elements of a document, as a document of its own without warnings."""

    whole: RangedDocument
    number: int
    part: Document


def _parts(document: Document, readers: int) -> list[tuple[Element, ...]]:
    """Divide the elements, each part but the last ending with a pending one.

    Of several readers each would get two parts of those pages that are left, of at most
    `MAX_PAGES`: the last ones are single pages, so that the readers end together though one page
    takes ten times as long as another (Hummel, Schonberg and Flynn, Factoring, Communications of
    the ACM, 1992).
    """
    ends = _page_ends(document.elements)
    shares = 2 * readers if readers > 1 else 1
    parts, start, taken = [], 0, 0
    while taken < len(ends):
        left = len(ends) - taken
        taken += min(MAX_PAGES, -(-left // shares))
        end = ends[taken - 1] if taken < len(ends) else len(document.elements)
        parts.append(document.elements[start:end])
        start = end
    return parts


def _page_ends(elements: Sequence[Element]) -> list[int]:
    """Return where a page or picture that is to be read ends; figures of one page stay together."""
    pending = [at for at, element in enumerate(elements) if element.pending]
    following = [*pending[1:], None]
    return [
        at + 1
        for at, after in zip(pending, following, strict=True)
        if after is None
        or elements[at].image is not None
        or elements[after].image is not None
        or elements[at].page != elements[after].page
    ]
