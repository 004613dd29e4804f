"""A part of a page as a chunk: the whole lines and cells in a box, and what is said about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rag.datamodel import (
    CELL_SEPARATOR,
    TABULAR,
    BBox,
    Chunk,
    Document,
    Element,
    Hit,
    ImageAsset,
    Provenance,
)
from rag.generation.citations import CELL_DOT, plain, without_marks
from rag.table_text import cells_of, column_names, row_quotation
from rag.text import stem, word_spans
from rag.understanding.question.question import Question

MIN_HEIGHT: Final = 0.5
"""A line is asked about if so much of its height, or of the box's, lies in both."""

MIN_WIDTH: Final = 0.3
MAX_LETTERS: Final = 4000
COARSE: Final = 4.0
"""A line so much larger than the region is a whole drawing's lettering: it is read again."""

QUOTED_WORDS: Final = 60
REGION_MATES: Final = 4
"""So many places are read besides a part of a page that is asked about."""

_CELLED: Final = frozenset({"figure", *TABULAR})
_FLOWING: Final = frozenset({"paragraph", "title", "heading", "caption"})
NO_WORDS: Final = "There are no words in this part of the page, so there is nothing to quote."

_VAGUE: Final = frozenset(
    stem(word)
    for word in "part region area box bit section place spot piece line row cell text word words "
    "thing say says mean means read here explain describe summarize summarise translate stand "
    "stands write written see look show".split()
)
"""Words that only point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlacedText:
    """A line or cell: its row and column in the element's text, and its place."""

    row: int
    column: int
    text: str
    page: int | None
    bbox: BBox


def region_chunk(
    doc: Document, *, page: int, bbox: BBox, image: ImageAsset | None = None, read: str = ""
) -> Chunk | None:
    """Return what stands in a box of a page; None where that is nothing.

    Of a table, a cell brings along its row's label and its column's name; a drawing's lettering
    comes after all else. `image` is how the region looks; `read` are words that were read there,
    and stand for the document's.
    """
    found = [(element, _inside(element, page=page, bbox=bbox)) for element in doc.elements]
    parts = [(element, pieces) for element, pieces in found if pieces]
    parts.sort(key=lambda part: part[0].role == "figure")
    text, provenances = _written(parts)
    whole = Provenance(page=page, bbox=bbox)
    if read.strip():
        text, provenances = read.strip(), ()
    if not text and image is None:
        return None
    place = f"{doc.id}\x00{page}\x00{bbox.x0:.4f},{bbox.y0:.4f},{bbox.x1:.4f},{bbox.y1:.4f}"
    return Chunk(
        id=hashlib.sha256(place.encode()).hexdigest()[:32],
        doc_id=doc.id,
        source=doc.sources[0],
        ordinal=0,
        role=_role([element for element, _ in parts]),
        text=text,
        headings=_headings(doc, [element for element, _ in parts], page=page),
        image=image,
        provenances=provenances or (whole,),
    )


def wants_reading(chunk: Chunk | None, bbox: BBox) -> bool:
    """Tell whether the words of a region are unknown, or known for much more than it alone."""
    if chunk is None or not chunk.text:
        return True
    return any(p.bbox is not None and p.bbox.area > COARSE * bbox.area for p in chunk.provenances)


def region_meant(asked: Question) -> Chunk | None:
    """Return the region that a question only points at, or that has no words; None for others."""
    region = asked.region
    return None if region and region.text and not is_vague(asked) else region


def is_vague(asked: Question) -> bool:
    """Tell whether a question only points: `What is this?` rather than `Who signed this?`."""
    return asked.content <= _VAGUE and asked.whole_kind == "any"


def reading_with(region: Chunk, hits: Sequence[Hit], asked: Question) -> list[Hit]:
    """Return a region, then what fits of its document if the question says what it is about."""
    own = Hit(chunk=region, score=1.0, rank=1, channel="fused")
    mates = [hit for hit in hits if hit.chunk.doc_id == region.doc_id]
    return [own, *mates[:REGION_MATES]] if asked.content else [own]


def described(chunk: Chunk, *, mark: str) -> str:
    """Return what a region is: the heading or caption that it stands under, and its words."""
    if not chunk.text.strip():
        return NO_WORDS
    title = plain(chunk.headings[-1]) if chunk.headings else ""
    before = f"**{title}** — " if title else ""
    return f"{before}{without_marks(_quotation(chunk))} {mark}"


def _quotation(chunk: Chunk) -> str:
    """Return the words as a quotation; of a table's row its cells with their columns' names."""
    rows = chunk.text.split("\n")[1:]
    names = column_names(chunk)
    if names and len(rows) == 1:
        return row_quotation(names, rows[0], (), answer="", max_words=QUOTED_WORDS)
    flat = " ".join(chunk.text.replace("|", CELL_DOT).split())
    spans = word_spans(flat)
    if len(spans) > QUOTED_WORDS:
        flat = f"{flat[: spans[QUOTED_WORDS - 1][1]]} …"
    return f"“{flat}”"


def _inside(element: Element, *, page: int, bbox: BBox) -> list[_PlacedText]:
    pieces = [piece for piece in _pieces(element) if piece.page == page]
    chosen = [piece for piece in pieces if _is_meant(piece.bbox, bbox)]
    if element.role not in TABULAR or not chosen:
        return chosen
    columns = {0, *(piece.column for piece in chosen)}
    rows = {0, *(piece.row for piece in chosen)}
    if columns == {0}:  # the label of a row stands for the row
        columns = {piece.column for piece in pieces}
    return [piece for piece in pieces if piece.row in rows and piece.column in columns]


def _is_meant(line: BBox, region: BBox) -> bool:
    height = min(line.y1, region.y1) - max(line.y0, region.y0)
    width = min(line.x1, region.x1) - max(line.x0, region.x0)
    return height >= MIN_HEIGHT * min(
        line.y1 - line.y0, region.y1 - region.y0
    ) and width >= MIN_WIDTH * min(line.x1 - line.x0, region.x1 - region.x0)


def _pieces(element: Element) -> Iterator[_PlacedText]:
    text = element.text
    for p in element.provenances:
        if p.span is None or p.bbox is None or p.span[0] == p.span[1]:
            continue
        start = text.rfind("\n", 0, p.span[0]) + 1
        yield _PlacedText(
            row=text.count("\n", 0, p.span[0]),
            column=text.count(CELL_SEPARATOR, start, p.span[0]),
            text=text[p.span[0] : p.span[1]],
            page=p.page,
            bbox=p.bbox,
        )


def _written(
    parts: Sequence[tuple[Element, list[_PlacedText]]],
) -> tuple[str, tuple[Provenance, ...]]:
    """Return the pieces as text, one row a line, and where each stands."""
    text, provenances = "", list[Provenance]()
    row: tuple[int, int] | None = None
    for place, (element, pieces) in enumerate(parts):
        columns = sorted({piece.column for piece in pieces})
        before = 0
        for piece in pieces:
            line = 0 if element.role in _FLOWING else piece.row
            if row != (place, line):
                row, before = (place, line), 0
                text += "\n" if text else ""
            elif element.role not in _CELLED:
                text += " "
            if element.role in _CELLED:  # cells that are empty have no place, but count
                at = columns.index(piece.column)
                text += CELL_SEPARATOR * (at - before)
                before = at
            if len(text) + len(piece.text) > MAX_LETTERS:
                return text.strip(), tuple(provenances)
            span = (len(text), len(text) + len(piece.text))
            provenances.append(Provenance(page=piece.page, bbox=piece.bbox, span=span))
            text += piece.text
    return text, tuple(provenances)


def _role(elements: Sequence[Element]) -> Literal["text", "table", "figure"]:
    roles = {element.role for element in elements}
    if roles == {"table"}:
        return "table"
    return "figure" if roles == {"figure"} else "text"


def _headings(doc: Document, elements: Sequence[Element], *, page: int) -> tuple[str, ...]:
    """Return the caption of the only element, else the last heading before the region."""
    if not elements:
        return ()
    at = next(n for n, element in enumerate(doc.elements) if element is elements[0])
    caption = next((e for e in doc.elements[at + 1 : at + 2] if e.role == "caption"), None)
    if caption is not None and len(elements) == 1 and elements[0].role in _CELLED:
        return (_one_line(caption.text),)
    if elements[0].role in ("title", "heading"):
        return ()
    before = (e for e in reversed(doc.elements[:at]) if e.role in ("title", "heading"))
    heading = next(before, None)
    return (_one_line(heading.text),) if heading is not None and heading.page == page else ()


def _one_line(text: str) -> str:
    return " ".join(" ".join(cells_of(text)).split())
