"""Places that an answer points to, and the keys that they are asked for by.

A chip in the browser carries a key and a position. Knows values of `rag.datamodel`; knows nothing
of HTML, files or Gradio.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.clock import clock
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
    Provenance,
)
from rag.generation.explain import why
from rag.generation.tools.calls import step_line
from rag.retrieval.evidence.reading import READ_HITS

SEARCHING: Final = "Looking through the documents …"

AROUND_CHARS: Final = 80
"""Letters of a line that are quoted before, and after, words that were found in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One cited, near or found place: the chunk, the boxes on one page, and the words that count.

    `why` says why it is shown as an answer to `question`; "" where that is not known. `found` is
    the element that a search in the document itself ended at, and the range of its text.
    """

    number: int
    chunk: Chunk
    page: int | None = None
    boxes: tuple[BBox, ...] = ()
    quote: str = ""
    question: str = ""
    why: str = ""
    start_s: float | None = None
    found: tuple[Element, tuple[int, int]] | None = None

    @property
    def words(self) -> str:
        """The quote as it is read: of rows the cells that hold something."""
        rows = (line.split(CELL_SEPARATOR) for line in self.quote.splitlines())
        return "\n".join(CELL_SEPARATOR.join(filter(str.strip, cells)) for cells in rows)

    @property
    def label(self) -> str:
        """The file and page (or time), as a person would say it."""
        return f"{self.chunk.source}, {self.where}" if self.where else self.chunk.source

    @property
    def where(self) -> str:
        """The page, or the time of what is spoken; "" where the format has neither."""
        if self.page is not None:
            return f"page {self.page}"
        return "" if self.start_s is None else f"at {clock(self.start_s)}"


def place_at(
    chunk: Chunk,
    provenances: Sequence[Provenance],
    page: int | None,
    *,
    number: int,
    quote: str,
    question: str = "",
    why: str = "",
    found: tuple[Element, tuple[int, int]] | None = None,
) -> Place:
    """Return the place of what lies at `provenances` of a chunk, as far as that is on `page`."""
    boxes = (p.bbox for p in provenances if p.page == page and p.bbox is not None)
    return Place(
        number=number,
        chunk=chunk,
        page=page,
        boxes=tuple(dict.fromkeys(boxes)),
        quote=quote,
        question=question,
        why=why,
        start_s=_start_s(provenances or chunk.provenances),
        found=found,
    )


def cited_place(citation: Citation, answer: Answer) -> Place:
    hit = answer.context.source(citation.number)
    return place_at(
        citation.chunk,
        citation.provenances,
        citation.page,
        number=citation.number,
        quote=citation.quote,
        question=answer.standalone_query or answer.query.text,
        why=why(hit) if hit else "",
    )


def near_place(hit: Hit, answer: Answer) -> Place:
    """The place of a hit that is no citation: all of the chunk that lies on its first page."""
    return place_at(
        hit.chunk,
        hit.chunk.provenances,
        hit.chunk.page,
        number=hit.rank,
        quote=hit.chunk.text,
        question=answer.standalone_query or answer.query.text,
        why=why(hit),
    )


def places_of(answer: Answer) -> tuple[Place, ...]:
    """Return the citations in their order; for an answer that is none, the nearest places."""
    if answer.state == "not_found":
        return tuple(near_place(hit, answer) for hit in answer.nearest)
    return tuple(
        _with_picture(cited_place(citation, answer), position, answer.figures)
        for position, citation in enumerate(answer.citations)
    )


def _with_picture(place: Place, position: int, figures: Sequence[Figure]) -> Place:
    """Light the picture too whose caption the citation at `position` shows, beside it."""
    for figure in figures:
        box = figure.bbox if figure.citation == position and figure.image else None
        if box is None or figure.page != place.page or not place.boxes:
            continue
        if not any(box.intersection_area(cited) for cited in place.boxes):
            return replace(place, boxes=(box, *place.boxes))
    return place


def cells_of(answer: Answer) -> tuple[Place, ...]:
    """Return the cells that table_queries and a chart point to, in their order."""
    return tuple(cited_place(cell, answer) for cell in answer.cells)


def considered_of(answer: Answer) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Return the places that an answer does not cite: those that it could, and those left out.

    A page is one place, and none where it is cited; of a recording a turn is.
    """
    seen = {(c.chunk.doc_id, c.page, _start_s(c.chunk.provenances)) for c in answer.citations}

    def others(hits: Sequence[Hit]) -> tuple[Place, ...]:
        places = []
        for place in (near_place(hit, answer) for hit in hits):
            page = (place.chunk.doc_id, place.page, place.start_s)
            if page not in seen:
                places.append(place)
            seen.add(page)
        return tuple(places)

    return others(answer.context.hits), others(answer.context.dropped)


def _start_s(provenances: Sequence[Provenance]) -> float | None:
    return provenances[0].start_s if provenances else None


def answer_key(conversation_id: str, exchange_id: str) -> str:
    """Return the key of an exchange's places; `_c` behind it: considered, `_g`: brought."""
    return f"{conversation_id}_{exchange_id}"


def cells_key(key: str) -> str:
    """Return the key of the cells that stand beside the answer of `key`."""
    return f"{key}_w"


def waiting_text(answer: Answer) -> str:
    """Say what goes on while an answer has no words: its place, or what is searched or read."""
    if answer.steps:
        return step_line(answer.steps[-1])
    if not answer.hits:
        return answer.notes[-1] if answer.notes else SEARCHING
    first, *others = dict.fromkeys(hit.chunk.source for hit in answer.hits[:READ_HITS])
    more = f" and {len(others)} more" if others else ""
    return f"Reading {first}{more} …"


MAX_PLACES: Final = 1000
MAX_LETTERS: Final = 200


def found_in(doc: Document, words: str) -> tuple[Place, ...]:
    """Return where the words stand one after another, at most `MAX_PLACES`; none for no words.

    Case does not matter, nor what white space is between them. Each is quoted with its line around.
    """
    literals = [re.escape(word) for word in words[:MAX_LETTERS].split()]
    if not literals:
        return ()
    pattern = re.compile(r"\s+".join(literals), re.IGNORECASE)
    found = (
        (element, match.span())
        for element in doc.elements
        for match in pattern.finditer(element.text)
    )
    return tuple(
        _found_place(doc, element, span, number=number)
        for number, (element, span) in enumerate(itertools.islice(found, MAX_PLACES), start=1)
    )


def _found_place(doc: Document, element: Element, span: tuple[int, int], *, number: int) -> Place:
    text = element.text
    chunk = Chunk(
        id="",
        doc_id=doc.id,
        source=doc.sources[0],
        ordinal=0,
        text=text,
        provenances=element.provenances,
    )
    located = chunk.locate(*span)
    before = text[text.rfind("\n", 0, span[0]) + 1 : span[0]]
    rest, _, _ = text[span[0] :].partition("\n")
    said, first = span[1] - span[0], len(before) - AROUND_CHARS
    if first > 0:  # from a whole word, and to one
        before = "… " + before[first:].partition(" ")[2]
    if len(rest) > said + AROUND_CHARS:
        last = rest.rfind(" ", said, said + AROUND_CHARS + 1)
        rest = f"{rest[: max(said, last)]} …"
    return place_at(
        chunk,
        located,
        located[0].page if located else None,
        number=number,
        quote=before + rest,
        found=(element, span),
    )
