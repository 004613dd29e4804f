"""Tables of web pages: told from mere layout, merged cells resolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import html

from ingest.parsers.base.grid import GridCell, resolve_spans, split_titles, tidy
from ingest.parsers.web.text import inline_text

LAYOUT_LETTERS: Final = 600
"""A cell with more words than this is an article beside another, not a datum."""

_CELLS: Final = ("td", "th")


def is_layout(table: html.HtmlElement) -> bool:
    """Say whether a table only places things: nested tables, one column, or long prose."""
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return True
    rows = 0
    has_prose, has_columns = False, False
    for rows, row in enumerate(_rows(table), 1):
        letters = [len(text) for cell in row if (text := inline_text(cell))]
        has_columns = has_columns or len(letters) > 1
        has_prose = has_prose or max(letters, default=0) > LAYOUT_LETTERS
        if rows > 1 and has_columns:
            return False
    return not has_columns or has_prose


def read_table(table: html.HtmlElement) -> tuple[list[str], list[list[str]]]:
    """Return the titles at the table's top, and its rows, header first, without empty lanes."""
    rows = [[_cell(cell) for cell in row] for row in _rows(table)]
    rows = [row for row in rows if row]
    slots = resolve_spans(rows)
    titles, rest = split_titles(slots)
    return titles, tidy(rest, header_rows=_header_rows(rows[len(slots) - len(rest) :]))


def _rows(table: html.HtmlElement) -> Iterator[list[html.HtmlElement]]:
    for row in table.iter("tr"):
        yield [cell for cell in row if cell.tag in _CELLS]


def _cell(cell: html.HtmlElement) -> GridCell:
    return GridCell(
        text=inline_text(cell),
        rows=_span(cell.get("rowspan")),
        columns=_span(cell.get("colspan")),
        is_header=cell.tag == "th" or _in_head(cell),
    )


def _in_head(cell: html.HtmlElement) -> bool:
    row = cell.getparent()
    part = row.getparent() if row is not None else None
    return part is not None and part.tag == "thead"


def _span(value: str | None) -> int:
    return max(1, int(value)) if value and value.isdecimal() and len(value) < 6 else 1  # noqa: PLR2004 - a sane number


def _header_rows(rows: list[list[GridCell]]) -> int | None:
    """Return the number of header rows where the page marks them; None where it does not."""
    marked = 0
    for row in rows:
        if not all(cell.is_header or not cell.text for cell in row):
            break
        marked += 1
    if marked:
        return marked
    has_row_heads = any(row[0].is_header for row in rows)
    return 0 if has_row_heads else None
