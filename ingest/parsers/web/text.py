"""The words of a part of a page: of a heading, a cell, a list, a table. Knows no elements of ours.

Tables are told from mere layout, merged cells resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree, html

from ingest.parsers.base.grid import GridCell, resolve_spans, split_titles, tidy

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main menu ol p pre section "
    "summary table tbody tfoot thead tr ul".split()
)
"""Tags that begin and end a paragraph."""

_LISTS = frozenset({"ul", "ol", "menu", "dl"})
_ITEMS = frozenset({"li", "dt"})
_MAX_DIGITS = 9
_BREAK = "\v"
_TWO_NUMBERS = re.compile(rf"(?<=\d)\s*{_BREAK}\s*(?=\d)")
"""Where a line ends between two numbers, they stay two."""


def inline_text(node: html.HtmlElement) -> str:
    """Return the words of a node on one line; blocks divide words, and list items by `;`."""
    if len(node) == 0:  # most cells: ten times faster
        return " ".join((node.text or "").split())
    parts: list[str] = []
    for event, inner in etree.iterwalk(node, events=("start", "end")):
        if inner.tag in BLOCK_TAGS or inner.tag in {"br", "td", "th"}:
            parts.append(_BREAK)
        if inner.tag == "li" and event == "start" and inner.getprevious() is not None:
            parts[-1] = "; "
        if event == "start":
            parts.append(inner.text or "")
        elif inner is not node:
            parts.append(inner.tail or "")
    text = _TWO_NUMBERS.sub("; ", "".join(parts))
    return " ".join(text.split()).replace(" ; ", "; ")


def list_items(root: html.HtmlElement) -> list[tuple[int, str]]:
    """Return (depth, text with its mark) of each item of a list, nested ones after theirs."""
    items: list[_Item] = []
    open_items: list[_Item] = []
    numbers: dict[html.HtmlElement, int] = {}  # of the last item of each ordered list
    depth = -1
    for event, node in etree.iterwalk(root, events=("start", "end")):
        started = event == "start"
        if node.tag in _LISTS:
            depth += 1 if started else -1
        elif node.tag in _ITEMS and started:
            items.append(_Item(depth, _mark(node, numbers)))
            open_items.append(items[-1])
        elif node.tag == "dd" and started and open_items:
            open_items[-1].parts.append(": ")
        if open_items:
            open_items[-1].parts.append(_words(node, started=started))
        if node.tag == "li" and not started and open_items:
            open_items.pop()
        if not started and open_items and node is not root:
            open_items[-1].parts.append(node.tail or "")
    return [(item.depth, item.line()) for item in items if item.text()]


class _Item:
    def __init__(self, depth: int, mark: str) -> None:
        self.depth = max(0, depth)
        self.mark = mark
        self.parts: list[str] = []

    def text(self) -> str:
        return " ".join("".join(self.parts).split()).replace(" : ", ": ")

    def line(self) -> str:
        return f"{self.mark} {self.text()}".strip()


def _words(node: html.HtmlElement, *, started: bool) -> str:
    divider = " " if node.tag in BLOCK_TAGS or node.tag == "br" else ""
    return divider + (node.text or "") if started else divider


def _mark(item: html.HtmlElement, numbers: dict[html.HtmlElement, int]) -> str:
    """Return the sign before an item: its number in an ordered list, else a dash."""
    parent = item.getparent()
    if item.tag == "dt":
        return ""
    if parent is None or parent.tag != "ol":
        return "-"
    numbers[parent] = numbers[parent] + 1 if parent in numbers else _first_number(parent)
    return f"{numbers[parent]}."


def _first_number(ordered: html.HtmlElement) -> int:
    first = ordered.get("start") or "1"
    return int(first) if first.isdecimal() and len(first) <= _MAX_DIGITS else 1


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
