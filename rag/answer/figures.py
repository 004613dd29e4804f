"""Pictures and tables in answers: those that a citation stands in, and those that are asked for.

Knows words, chunks and captions; what a picture looks like is told by a `Looks`. Knows no pixels,
no page and no model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from rag.answer.citations import without_marks
from rag.answer.picture_wish import PictureWish, label_of, picture_wish
from rag.datamodel import (
    CELL_SEPARATOR,
    Answer,
    BBox,
    Chunk,
    Citation,
    Document,
    Element,
    Figure,
    Hit,
)
from rag.text import content_stems

MOST_FIGURES: Final = 3
"""An answer shows no more: a person reads it first."""

LEAST_COVER: Final = 0.5
"""A picture fits a wish if it holds so much of what the wish's words weigh."""

ONLY_NEAR: Final = 0.6
"""A word that stands not on the picture but in its file's name or its heading counts so much."""

RIGHT_KIND: Final = 0.1
NEAR_BEST: Final = 0.8
"""Of several pictures those are shown that fit nearly as well as the best one."""

CAPTION_LETTERS: Final = 200
ALT_WORDS: Final = 12

_KINDS: Final = {
    "chart": frozenset({"chart"}),
    "diagram": frozenset({"diagram"}),
    "photo": frozenset({"photo"}),
    "map": frozenset({"diagram", "photo", "scan"}),
    "screenshot": frozenset({"screenshot"}),
    "logo": frozenset({"ornament"}),
}
_UNSEEN: Final = frozenset({"ornament", "blank"})

Looks = Callable[[Chunk], str]
"""Returns the kind of a chunk's picture (`rag.index.picture_kind`); "" where it can't be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture that fits a wish, and how well, in 0..1."""

    hit: Hit
    fit: float


class Figures:
    """Chooses what an answer shows.

    `importance` weighs the stems of a question so that they sum to 1; `document` returns a stored
    document, None if it is gone.
    """

    def __init__(
        self,
        importance: Callable[[str], Mapping[str, float]],
        document: Callable[[str], Document | None],
        looks: Looks,
    ) -> None:
        self._importance = importance
        self._document = document
        self._looks = looks

    def beside(self, answer: Answer) -> tuple[Figure, ...]:
        """Return what stands by the citations of a complete answer, at most `MOST_FIGURES`."""
        wish = picture_wish(answer.query.text)
        found: dict[tuple[object, ...], Figure] = {}
        for position, citation in enumerate(answer.citations):
            chunk = self._pictured(citation, answer, wish)
            if chunk is not None and len(found) < MOST_FIGURES:
                found.setdefault(_identity(chunk), self._figure(chunk, position))
        return tuple(found.values())

    def wished(self, wish: PictureWish, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits whose pictures fit the wish, best first, one of each picture."""
        importance = self._importance(wish.subject)
        if not importance:
            return []
        shown: dict[tuple[object, ...], Shown] = {}
        for hit in hits:
            if _has_form(hit.chunk, wish):
                one = Shown(hit=hit, fit=self._fit(hit.chunk, wish, importance))
                before = shown.get(_identity(hit.chunk))
                if before is None or one.fit > before.fit:
                    shown[_identity(hit.chunk)] = one
        best = sorted(shown.values(), key=lambda one: (-one.fit, one.hit.rank))
        best = [one for one in best if one.fit >= max(LEAST_COVER, NEAR_BEST * best[0].fit)]
        return [one.hit for one in best[: MOST_FIGURES if wish.several else 1]]

    def presented(self, hits: Sequence[Hit]) -> str:
        """Return the answer that shows pictures: each one's caption and place, with its mark."""
        return "\n\n".join(
            f"**{without_marks(self._caption(hit.chunk)).replace('*', ' ')}** "
            f"— {_place(hit.chunk)} [{number}]"
            for number, hit in enumerate(hits, start=1)
        )

    def _pictured(
        self, citation: Citation, answer: Answer, wish: PictureWish | None
    ) -> Chunk | None:
        """Return the chunk whose picture or table belongs by a citation; None if none does."""
        chunk = citation.chunk
        if chunk.role == "table":
            return chunk
        if self._is_seen(chunk, wish):
            return chunk
        if wish is None:
            return None
        mates = (hit.chunk for hit in answer.context.hits if hit.chunk.place == chunk.place)
        return next((mate for mate in mates if self._is_seen(mate, wish)), None)

    def _is_seen(self, chunk: Chunk, wish: PictureWish | None) -> bool:
        """Tell whether a chunk has a picture that says something."""
        if chunk.image is None or chunk.role != "figure":
            return False
        kind = self._looks(chunk)
        return kind not in _UNSEEN or (wish is not None and wish.thing == "logo")

    def _fit(self, chunk: Chunk, wish: PictureWish, importance: Mapping[str, float]) -> float:
        own = set(content_stems(f"{chunk.text} {self._caption(chunk)}"))
        near = set(content_stems(f"{chunk.context} {' '.join(chunk.headings)}"))
        cover = math.fsum(
            weight * (1.0 if stem in own else ONLY_NEAR * (stem in near))
            for stem, weight in importance.items()
        )
        if chunk.role == "table":
            return cover
        kind = self._looks(chunk)
        if kind in _UNSEEN and wish.thing != "logo":
            return 0.0
        return cover + RIGHT_KIND * (kind in _KINDS.get(wish.thing, ()))

    def _figure(self, chunk: Chunk, position: int) -> Figure:
        caption = self._caption(chunk)
        element = self._element(chunk)
        return Figure(
            citation=position,
            caption=caption,
            alt=_alt(caption, element.text if element else chunk.text),
            page=chunk.page,
            bbox=_box(element, chunk),
            image=chunk.image if chunk.role == "figure" else None,
        )

    def _element(self, chunk: Chunk) -> Element | None:
        return next((figure for figure, _ in self._elements(chunk)), None)

    def _elements(self, chunk: Chunk) -> Iterator[tuple[Element, str]]:
        """Yield the elements that a chunk of a picture was made from, each with its caption."""
        doc = self._document(chunk.doc_id)
        if doc is None or chunk.image is None:
            return
        for element, following in zip(doc.elements, (*doc.elements[1:], None), strict=False):
            if element.image == chunk.image and element.page == chunk.page:
                is_caption = following is not None and following.role == "caption"
                yield element, following.text if following and is_caption else ""

    def _caption(self, chunk: Chunk) -> str:
        """Return the caption as one line; without one what it is called by, or its heading."""
        own = next((caption for _, caption in self._elements(chunk) if caption), "")
        return _line(own or _labelled(chunk) or _called(chunk) or _place(chunk))


def _has_form(chunk: Chunk, wish: PictureWish) -> bool:
    """Tell whether a chunk can be what is wished for: its form, and its number if one is named."""
    if wish.label and label_of(chunk.text) != wish.label:
        return False
    if wish.thing == "table":
        return chunk.role == "table" or chunk.image is not None
    return chunk.role == "figure" and chunk.image is not None


def _identity(chunk: Chunk) -> tuple[object, ...]:
    """Two chunks of one picture, or of one table on one page, are shown once."""
    if chunk.role == "figure" and chunk.image is not None:
        return (chunk.image.id,)
    return chunk.doc_id, chunk.page, chunk.headings, chunk.text.partition("\n")[0]


def _labelled(chunk: Chunk) -> str:
    """Return the first line where it is a caption: it names its own number, or has no cells."""
    first = chunk.text.partition("\n")[0]
    if label_of(first) or (chunk.role == "table" and CELL_SEPARATOR not in first):
        return first
    return ""


def _called(chunk: Chunk) -> str:
    if chunk.headings:
        return chunk.headings[-1]
    return PurePosixPath(chunk.source).name if chunk.page is None else ""


def _place(chunk: Chunk) -> str:
    name = without_marks(PurePosixPath(chunk.source).name)
    return name if chunk.page is None else f"page {chunk.page} of {name}"


def _line(text: str) -> str:
    words = " ".join(text.replace(CELL_SEPARATOR, " ").split())
    if len(words) <= CAPTION_LETTERS:
        return words
    return words[:CAPTION_LETTERS].rpartition(" ")[0] + " …"


def _alt(caption: str, lettering: str) -> str:
    """Return the caption and the first words that stand on the picture."""
    said = lettering.replace(CELL_SEPARATOR, " ").split()
    words = " ".join(said[:ALT_WORDS])
    if not words or words.startswith(caption):
        return caption
    return f"{caption}. {words}{' …' if len(said) > ALT_WORDS else ''}"


def _box(element: Element | None, chunk: Chunk) -> BBox | None:
    """Return the box around the element, or the chunk, on the chunk's page."""
    provenances = element.provenances if element else chunk.provenances
    around: BBox | None = None
    for p in provenances:
        if p.page == chunk.page and p.bbox is not None:
            around = around.union(p.bbox) if around else p.bbox
    return around
