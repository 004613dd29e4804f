"""Rows of a long table, a page at a time, the cited ones lit. Knows no store and no server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from markupsafe import Markup

from pagelight.services.answering.places import Place
from pagelight.ui.source.marking import Span, find_quote, row_of
from pagelight.ui.templating import render
from rag.datamodel import CELL_SEPARATOR, TABULAR, Document, Element
from rag.storage.workspace.store import WorkspaceIndex
from rag.table_qa.table_rows import is_made

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
        """Return the cited rows of the table, by its position, that a place of rows was made of.

        Of rows that say the same the first is lit.
        """
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

    def first_page(self, position: int, cited: CitedRows) -> Markup | None:
        """Return the page with the first cited row; None for what is no long table, or not kept."""
        is_long = _is_long(self.doc.elements[position])
        return self.page(position, min(cited, default=0), cited) if is_long else None

    def page(self, position: int, row: int, cited: CitedRows) -> Markup | None:
        """Return the page that holds a row, or the last one; None where none are kept."""
        text = self.doc.elements[position].text
        height, _ = self.kept.kept_rows(self.doc.id, text, 0, 0)
        if not height:
            return None
        first = min(max(0, row), height - 1) // PAGE_ROWS * PAGE_ROWS
        _, rows = self.kept.kept_rows(self.doc.id, text, first, PAGE_ROWS)
        lines = enumerate(map(CELL_SEPARATOR.join, rows), start=first)
        return render(
            "source/rows.html",
            at=f"{self.doc.id}/{position}",
            cited=sorted(cited),
            spans=",".join(f"{n}-{a}-{b}" for n, spans in cited.items() for a, b in spans),
            header=row_of(text.partition("\n")[0]),
            rows=[row_of(line, cited.get(n, ()), number=n) for n, line in lines],
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
