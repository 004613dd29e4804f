"""A document without pages as a clean reading view, the cited words marked.

Shows a window around the quote where the document is long, and rows of a long table a page at a
time. Knows nothing of files or servers.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from pagelight.services.answering.places import Place
from pagelight.ui.templating import render
from rag.datamodel import CELL_SEPARATOR, TABULAR, Document, Element
from rag.storage.workspace.store import WorkspaceIndex
from rag.table_qa.table_rows import is_made

_WHOLE: Final = re.compile(r"\S{0,16}\w-\d\S{0,16}")

Part = tuple[str, bool]
"""Some text, and whether it is cited."""

Span = tuple[int, int]


def find_quote(elements: Sequence[Element], place: Place) -> dict[int, list[Span]]:
    """Return where the quote stands; line by line where no one element holds all of it.

    Of several equal places the one that shares most text with the chunk wins, the first of equals.
    """
    if place.found:
        return {i: [place.found[1]] for i, e in enumerate(elements) if e is place.found[0]}

    def kinship(i: int) -> int:
        """Count the letters of an element's lines that stand in the chunk as they are."""
        lines = elements[i].text.splitlines()[:2000]
        return sum(len(line) for line in lines if line.strip() and line in place.chunk.text)

    def first(quote: str) -> list[tuple[int, Span]]:
        pattern = re.compile(r"\s+".join(map(re.escape, quote.split())))
        hits = ((i, pattern.search(elements[i].text)) for i in ranked if quote.strip())
        return next(([(i, hit.span())] for i, hit in hits if hit), [])

    pages = {None, place.page}
    there = [(i, e.page) for i, e in enumerate(elements) if e.text]
    near = [i for i, page in there if place.page is None or page in pages]
    ranked = sorted(near, key=kinship, reverse=True)
    spans: dict[int, set[Span]] = {}
    for i, span in first(place.quote) or itertools.chain(*map(first, place.quote.splitlines())):
        spans.setdefault(i, set()).add(span)
    return {i: sorted(each) for i, each in spans.items()}


class MarkedRow(NamedTuple):
    """A row of a table: its cells in parts, each with what `is_whole` says; its number, if told."""

    cells: list[tuple[list[Part], bool]]
    is_cited: bool
    number: int | None

    @property
    def words(self) -> str:
        """What a table is named by, of its first row."""
        cells = ("".join(text for text, _ in parts).strip() for parts, _ in self.cells)
        return ", ".join(filter(None, cells))


def is_whole(cell: str) -> bool:
    """Tell whether a cell stays on one line: browsers would break 2025-02-01 after a hyphen."""
    return _WHOLE.fullmatch(cell.strip()) is not None


def parts_of(text: str, spans: Sequence[Span], *, start: int = 0) -> list[Part]:
    """Return `text` in parts; `start` is where it begins in what `spans` are ranges of."""
    parts, at = [], 0
    for span_start, span_end in sorted(spans):
        low, high = max(at, span_start - start), min(len(text), span_end - start)
        if low < high:
            parts += [(text[at:low], False), (text[low:high], True)]
            at = high
    return [*parts, (text[at:], False)]


def row_of(line: str, spans: Sequence[Span] = (), *, number: int | None = None) -> MarkedRow:
    """Return a line of a table as its row."""
    cells, at = [], 0
    for cell in line.split(CELL_SEPARATOR):
        cells.append((parts_of(cell, spans, start=at), is_whole(cell)))
        at += len(cell) + len(CELL_SEPARATOR)
    return MarkedRow(cells, bool(spans), number)


PAGE_ROWS: Final = 100

CitedRows = Mapping[int, Sequence[Span]]
"""Number of a row (from 0) -> ranges of its line that are cited."""

_CITED: Final = re.compile(r"(\d{1,9})-(\d{1,6})-(\d{1,6})")


def rows_of(text: str, spans: Sequence[Span]) -> dict[int, list[Span]]:
    """Return the rows of a table's text, header first, that some of its ranges touch."""
    found: dict[int, list[Span]] = {}
    start = 0
    for number, line in enumerate(text.split("\n") if spans else ()):
        end = start + len(line)
        inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans]
        if number and (lit := [(a, b) for a, b in inside if a < b]):
            found[number - 1] = lit
        start = end + 1
    return found


@dataclass(frozen=True, slots=True)
class LongTables:
    """The tables of one document that are longer than a page."""

    doc: Document
    kept: WorkspaceIndex

    def cited(self, place: Place) -> dict[int, CitedRows]:
        """Return the rows of a table, by its position, that a place was made of."""
        text = place.chunk.text
        rows = Element(role="table", text=text)
        quoted = rows_of(text, find_quote([rows], place).get(0, ())) if is_made(place.chunk) else {}
        lines = text.split("\n")
        for position, element in enumerate(self.doc.elements):
            if quoted and _is_long(element) and element.text.startswith(f"{lines[0]}\n"):
                rows_at = partial(self.kept.row_of, self.doc.id, element.text)
                found = {n: rows_at(lines[1 + n].split(CELL_SEPARATOR)) for n in quoted}
                lit = {row: quoted[n] for n, row in found.items() if row is not None}
                if lit:
                    return {position: lit}
        return {}

    def page(self, position: int, row: int, cited: CitedRows) -> Markup | None:
        """Return the page of a long table, as it is kept, that holds a row, or the last."""
        text = self.doc.elements[position].text
        if not _is_long(self.doc.elements[position]):
            return None
        header, *lines = text.split("\n")
        kept, _ = self.kept.kept_rows(self.doc.id, text, 0, 0)
        height = kept or len(lines)
        first = min(max(0, row), height - 1) // PAGE_ROWS * PAGE_ROWS
        lines = lines[first : first + PAGE_ROWS]
        if kept:
            _, rows = self.kept.kept_rows(self.doc.id, text, first, PAGE_ROWS)
            lines = list(map(CELL_SEPARATOR.join, rows))
        return render(
            "source/rows.html",
            at=f"{self.doc.id}/{position}",
            cited=sorted(cited),
            spans=",".join(f"{n}-{a}-{b}" for n, spans in cited.items() for a, b in spans),
            header=row_of(header),
            rows=[row_of(x, cited.get(n, ()), number=n) for n, x in enumerate(lines, first)],
            first=first,
            height=height,
            step=PAGE_ROWS,
        )


def cited_rows(spans_text: str) -> dict[int, list[Span]]:
    """Return the rows that a page of rows was told are cited: `row-start-end`, after commas."""
    found: dict[int, list[Span]] = {}
    for row, start, end in _CITED.findall(spans_text):
        found.setdefault(int(row), []).append((int(start), int(end)))
    return found


def _is_long(element: Element) -> bool:
    return element.role in TABULAR and element.text.count("\n") > PAGE_ROWS


WINDOW_CHARS: Final = 30_000
"""Text shown before, and after, the cited words."""

_ITEM: Final = re.compile(r"^(?:[^\S\n]*+[-*•–][^\S\n]++)?(.*\S.*)", re.MULTILINE)
"""A line that is not blank, without its bullet."""


def reading_html(
    elements: Sequence[Element], place: Place | None, *, tables: LongTables | None = None
) -> Markup:
    """Return the elements, the words of `place` marked; of `tables` the cited pages."""
    stored = tables.cited(place) if tables and place else {}
    spans = find_quote(elements, place) if place and not stored else {}
    focus = min(stored or spans, default=0)
    first, last = _reach(elements, focus, step=-1), _reach(elements, focus, step=1)
    last = min(last + 1, len(elements))
    parts = []
    if place is not None and not stored and not spans and is_made(place.chunk) and place.quote:
        # The cited rows of a table that is longer than the text of its document.
        rows = Element(role="table", text=place.chunk.text)
        parts.append(element_html(rows, find_quote([rows], place).get(0, ())))
    for i in range(first, last):
        element, cited = elements[i], spans.get(i, ())
        lit = stored.get(i) or rows_of(element.text, cited)
        page = tables and tables.page(i, min(lit, default=0), lit)
        if page or element.text or element.image:
            parts.append(page or element_html(element, cited))
    later = last < len(elements)
    return render("source/reading.html", parts=parts, earlier=first > 0, later=later)


def _reach(elements: Sequence[Element], focus: int, *, step: int) -> int:
    letters, at = 0, focus
    while 0 <= at + step < len(elements) and letters < WINDOW_CHARS:
        at += step
        letters += min(len(elements[at].text), WINDOW_CHARS // 4) + 40
    return at


def element_html(element: Element, spans: Sequence[Span] = ()) -> Markup:
    """Return one element, the ranges `spans` of its text marked."""
    text = element.text
    values: dict[str, Any] = {"parts": parts_of(text, spans)}
    if element.role in TABULAR:
        header, *lines = text.split("\n")
        values["header"] = row_of(header, [span for span in spans if span[0] < len(header)])
        cited, rows = rows_of(text, spans), [each for each in enumerate(lines) if each[1].strip()]
        values["rows"] = [row_of(line, cited.get(n, ())) for n, line in rows]
    elif element.role == "list":
        # Without their bullets.
        items = [(found[1], found.start(1)) for found in _ITEM.finditer(text)]
        values["items"] = [parts_of(words, spans, start=start) for words, start in items]
    return render("source/element.html", element=element, **values)
