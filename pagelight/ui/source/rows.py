"""Rows of a long table, a page at a time, the cited ones lit. Knows no store and no server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pagelight.services.answering.places import Place
from pagelight.services.answering.quoted import Span, find_quote
from pagelight.ui.html.cells import table_html
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import say
from pagelight.ui.html.marking import TextLine, row_html
from rag.answer.computed.table_rows import is_made
from rag.datamodel import CELL_SEPARATOR, TABULAR, Document, Element

PAGE_ROWS: Final = 100

CitedRows = Mapping[int, Sequence[Span]]
"""Number of a row (from 0) -> ranges of its line that are cited."""

_CITED: Final = re.compile(r"(\d{1,9})-(\d{1,6})-(\d{1,6})")


class KeptRows(Protocol):
    """The rows of tables, by document and by the text of the table's element."""

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int, /
    ) -> tuple[int, Sequence[Sequence[str]]]:
        """Return how many rows a table has in all, and `count` from `first` on; 0: none is kept."""
        ...

    def row_of(self, doc_id: str, text: str, cells: Sequence[str], /) -> int | None:
        """Return the number of the first row with these very cells."""
        ...


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
    kept: KeptRows

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
                found = {n: self._row(element.text, lines[1 + n]) for n in quoted}
                lit = {row: quoted[n] for n, row in found.items() if row is not None}
                if lit:
                    return {position: lit}
        return {}

    def _row(self, text: str, line: str) -> int | None:
        return self.kept.row_of(self.doc.id, text, line.split(CELL_SEPARATOR))

    def first_page(self, position: int, cited: CitedRows) -> str:
        """Return the page with the first cited row; "" for what is no long table, or not kept."""
        if not _is_long(self.doc.elements[position]):
            return ""
        return self.page(position, min(cited, default=0), cited)

    def page(self, position: int, row: int, cited: CitedRows) -> str:
        """Return the page that holds a row, or the last one; "" where none are kept."""
        text = self.doc.elements[position].text
        height, _ = self.kept.kept_rows(self.doc.id, text, 0, 0)
        if not height:
            return ""
        first = min(max(0, row), height - 1) // PAGE_ROWS * PAGE_ROWS
        _, rows = self.kept.kept_rows(self.doc.id, text, first, PAGE_ROWS)
        names = text.partition("\n")[0].split(CELL_SEPARATOR)
        body = "".join(
            _row_html(n, cells, cited.get(n, ())) for n, cells in enumerate(rows, start=first)
        )
        at = f"{escaped(self.doc.id)}/{position}"
        return (
            f'<div class="rows" data-rows="{at}" data-cited="{_written(cited)}">'
            f"{_tools(first, len(rows), height, cited)}"
            f"{table_html(f'<thead>{_head(names)}</thead><tbody>{body}</tbody>')}</div>"
        )


def cited_rows(told: str) -> dict[int, list[Span]]:
    """Return the rows that a page of rows was told are cited: `row-start-end`, after commas."""
    found: dict[int, list[Span]] = {}
    for row, start, end in _CITED.findall(told):
        found.setdefault(int(row), []).append((int(start), int(end)))
    return found


def _written(cited: CitedRows) -> str:
    return ",".join(f"{row}-{a}-{b}" for row, spans in cited.items() for a, b in spans)


def _is_long(element: Element) -> bool:
    return element.role in TABULAR and element.text.count("\n") > PAGE_ROWS


def _head(names: Sequence[str]) -> str:
    line = CELL_SEPARATOR.join(names)
    number = f'<th class="number">{say("Row")}</th>'
    return row_html(line, TextLine(start=0, end=len(line)), (), tag="th", first=number)


def _row_html(number: int, cells: Sequence[str], spans: Sequence[Span]) -> str:
    line = CELL_SEPARATOR.join(cells)
    first = f'<th scope="row" class="number" data-row="{number}">{number + 1:,}</th>'
    return row_html(line, TextLine(start=0, end=len(line)), spans, tag="td", first=first)


def _tools(first: int, count: int, height: int, cited: CitedRows) -> str:
    """Return what leads on: the page before and after, the cited rows, and any row by number."""
    told = say(
        "Rows {first} to {last} of {count}",
        first=f"{first + 1:,}",
        last=f"{first + count:,}",
        count=f"{height:,}",
    )
    seek = say("Go to row")
    return (
        f'<p class="leaf">{"".join(_steps(first, count, height))}'
        f'<span role="status">{told}</span>{"".join(_to_cited(cited))}'
        f'<input type="number" min="1" max="{height}" placeholder="{seek}" aria-label="{seek}"></p>'
    )


def _steps(first: int, count: int, height: int) -> Iterator[str]:
    yield _button(first - PAGE_ROWS, "‹", say("Earlier rows"), is_on=first > 0)
    yield _button(first + PAGE_ROWS, "›", say("Later rows"), is_on=first + count < height)


def _button(row: int, sign: str, told: str, *, is_on: bool) -> str:
    off = "" if is_on else " disabled"
    return (
        f'<button type="button" data-leaf="{max(0, row)}" title="{told}" '
        f'aria-label="{told}"{off}>{sign}</button>'
    )


def _to_cited(cited: CitedRows) -> Iterator[str]:
    for row in sorted(cited):
        told = say("Cited row {n}", n=f"{row + 1:,}")
        yield f'<button type="button" data-seek="{row}">{told}</button>'
