"""The same slide elsewhere: the moment of a recording that shows a page, and the page of a moment.

What shares words, or looks alike by its stored hash, is compared by lettering, and by how it looks
where that is known. Lettering tells slides apart, looks alone do not: two of one template differ in
as little as 2 of 64 bits. Knows documents and hashes; knows no pixels and no HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from ingest.discovery.formats import FAMILIES, MP4, ODP, PDF, PPT, PPTX
from rag.datamodel import Chunk, Document, Element
from rag.text import words

RECORDINGS: Final = tuple(each.media_type for each in FAMILIES[MP4.family])
SLIDES: Final = tuple(each.media_type for each in (PDF, PPTX, ODP, PPT))

MOST_ALIKE: Final = 20
"""Passages that are looked at for one slide."""

MOST_COMPARED: Final = 6
"""Pages, or recordings, that one slide is compared with: each may have to be drawn."""

MOST_LETTERS: Final = 400
"""Of a slide, so many are searched for; a dense page has more."""

SURE_WORDS: Final = (6, 0.9)
"""So many words of which this share is common are the same slide, however it was filmed."""

SAME: Final = ((0.75, 16), (0.6, 6))
"""Share of common words, and the bits of 64 in which the looks may differ then. The same slide,
filmed and drawn, differs in 4 at most, those of other templates in 12 to 24 (40 made slides)."""

SAME_LOOK: Final = 6
"""Bits in which pictures without any words may differ."""

UNSEEN_BITS: Final = 16
"""What counts as the difference in looks where a page can't be drawn."""

EARLY_S: Final = 0.05
"""A player that is sent to a second may stand just before it."""

SAME_NUMBERS: Final = 0.6
"""Share of common numbers below which two slides tell of other things, however alike."""

Look = Callable[[Document, int], str]
"""Returns the perceptual hash of a drawn page; "" for one that can't be drawn."""


class SlideIndex(Protocol):
    """What is searched: the documents that a person sees."""

    def document(self, doc_id: str, /) -> Document | None: ...
    def alike(
        self, text: str, phash: str, *, media_types: Collection[str], k: int
    ) -> list[Chunk]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A second of a recording from which on a slide is shown."""

    doc_id: str
    source: str
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidePage:
    """A page of a document."""

    doc_id: str
    source: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _ComparedSlide:
    """`look` tells the hash: pages are drawn for it, so it is asked where words leave doubt."""

    text: str
    words: frozenset[str]
    look: Callable[[], str]


class SameSlides:
    """Looks slides up when they are shown; nothing is kept of it."""

    def __init__(self, index: SlideIndex, look: Look) -> None:
        self._index = index
        self._look = look

    def moments(self, doc: Document, page: int) -> list[Moment]:
        """Return where recordings show a page: the first time, one moment of each recording."""
        if doc.media_type not in SLIDES:
            return []
        here = self._page(doc, page)
        found = []
        for other in self._documents(here):
            filmed = [each for each in other.elements if _is_filmed(each)]
            like = [likeness(here, _filmed(each, page=page)) for each in filmed]
            best = max(like, default=0.0)
            if best > 0:
                start_s = filmed[like.index(best)].start_s or 0.0
                found.append(Moment(doc_id=other.id, source=other.sources[0], start_s=start_s))
        return found

    def pages(self, doc: Document, at_s: float) -> list[SlidePage]:
        """Return the pages that a recording shows at a second, one of each document."""
        shown = next((e for e in doc.elements if _is_filmed(e) and _is_shown(e, at_s)), None)
        if shown is None:
            return []
        best: dict[str, tuple[float, SlidePage]] = {}
        for other, page in self._pages(_filmed(shown)):
            like = likeness(_filmed(shown, page=page), self._page(other, page))
            place = SlidePage(doc_id=other.id, source=other.sources[0], page=page)
            if like > 0 and (other.id not in best or like > best[other.id][0]):
                best[other.id] = (like, place)
        return [place for _, place in best.values()]

    def _page(self, doc: Document, page: int) -> _ComparedSlide:
        there = [element.text for element in doc.elements if element.page == page]
        text = "\n".join(filter(None, there))
        return _slide(text, lambda: self._look(doc, page), page=page)

    def _alike(self, slide: _ComparedSlide, media_types: Collection[str]) -> list[Chunk]:
        phash = "" if slide.words else slide.look()
        text = slide.text[:MOST_LETTERS]
        return self._index.alike(text, phash, media_types=media_types, k=MOST_ALIKE)

    def _documents(self, slide: _ComparedSlide) -> Iterator[Document]:
        found = dict.fromkeys(chunk.doc_id for chunk in self._alike(slide, RECORDINGS))
        for doc_id in list(found)[:MOST_COMPARED]:
            doc = self._index.document(doc_id)
            if doc is not None:
                yield doc

    def _pages(self, slide: _ComparedSlide) -> Iterator[tuple[Document, int]]:
        found = dict.fromkeys((c.doc_id, c.page) for c in self._alike(slide, SLIDES))
        for doc_id, page in list(found)[:MOST_COMPARED]:
            doc = self._index.document(doc_id)
            if doc is not None and page is not None:
                yield doc, page


def likeness(one: _ComparedSlide, other: _ComparedSlide) -> float:
    """Return how like two slides are, above 0; 0 where they are not the same."""
    if not one.words and not other.words:
        bits = _bits(one, other)
        return 1 - bits / 64 if bits is not None and bits <= SAME_LOOK else 0.0
    shared = _share(one.words, other.words)
    if shared < min(SAME)[0] or _tell_others(one, other):
        return 0.0
    few, sure = SURE_WORDS
    if shared >= sure and min(len(one.words), len(other.words)) >= few:
        return shared
    bits = _bits(one, other)
    known = UNSEEN_BITS if bits is None else bits
    return shared if any(shared >= share and known <= most for share, most in SAME) else 0.0


def _tell_others(one: _ComparedSlide, other: _ComparedSlide) -> bool:
    """Say whether they have numbers, and too few of them in common."""
    first, second = ({w for w in slide.words if w[0].isdigit()} for slide in (one, other))
    return bool(first or second) and _share(first, second) < SAME_NUMBERS


def _bits(one: _ComparedSlide, other: _ComparedSlide) -> int | None:
    first, second = one.look(), other.look()
    return (int(first, 16) ^ int(second, 16)).bit_count() if first and second else None


def _share(one: Collection[str], other: Collection[str]) -> float:
    """Return how much two sets have in common (Dice 1945); 0 for two that are empty."""
    both = len(one) + len(other)
    return 2 * len(set(one) & set(other)) / both if both else 0.0


def _filmed(element: Element, *, page: int | None = None) -> _ComparedSlide:
    phash = element.image.phash if element.image else ""
    return _slide(element.text, lambda: phash, page=page)


def _slide(text: str, look: Callable[[], str], *, page: int | None) -> _ComparedSlide:
    """Return a slide without the number of its page: it may stand on one of both alone."""
    kept = frozenset(word for word in words(text) if word != str(page))
    return _ComparedSlide(text=text, words=kept, look=look)


def _is_filmed(element: Element) -> bool:
    is_seen = element.role == "figure" and element.image is not None
    return is_seen and element.start_s is not None


def _is_shown(element: Element, at_s: float) -> bool:
    return any(
        p.start_s is not None and p.start_s - EARLY_S <= at_s < (p.end_s or p.start_s)
        for p in element.provenances
    )
