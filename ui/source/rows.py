"""Rows of a long table, a page at a time. Pure: rows to HTML; knows no store and no server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from rag.datamodel import CELL_SEPARATOR, TABULAR, Document, Element
from ui.html.cells import tag_of
from ui.html.escape import escaped
from ui.html.language import say

PAGE_ROWS: Final = 100

KeptRows = Callable[[str, str, int, int], tuple[int, Sequence[Sequence[str]]]]
"""By document, text of the table's element, first row and count: how many rows the table has in
all, and those rows; 0 for one that is not kept."""


def rows_button(element: Element, *, doc_id: str, position: int) -> str:
    """Return what opens the rows of a table of more than a page; "" for any other element."""
    if element.role not in TABULAR or element.text.count("\n") <= PAGE_ROWS:
        return ""
    return f'<p class="leaf">{_button(doc_id, position, 0, say("Show all rows in pages"))}</p>'


def rows_html(doc: Document, position: int, first: int, kept: KeptRows) -> str:
    """Return a page of the rows of a table from `first` on; "" where none are kept."""
    text = doc.elements[position].text
    start = max(0, first)
    height, rows = kept(doc.id, text, start, PAGE_ROWS)
    if not rows:
        return ""
    names = text.partition("\n")[0].split(CELL_SEPARATOR)
    body = "".join(_row(row) for row in rows)
    told = say(
        "Rows {first} to {last} of {count}",
        first=f"{start + 1:,}",
        last=f"{start + len(rows):,}",
        count=f"{height:,}",
    )
    back = _button(doc.id, position, start - PAGE_ROWS, say("Earlier rows")) if start else ""
    is_more = start + len(rows) < height
    on = _button(doc.id, position, start + PAGE_ROWS, say("Later rows")) if is_more else ""
    return (
        f'<div class="table rows"><p class="leaf">{back} <span role="status">{told}</span> {on}</p>'
        f'<table dir="auto"><thead>{_row(names, tag="th")}</thead><tbody>{body}</tbody></table>'
        "</div>"
    )


def _row(cells: Sequence[str], *, tag: str = "td") -> str:
    told = "".join(f"{tag_of(cell, tag=tag)}{escaped(cell)}</{tag}>" for cell in cells)
    return f"<tr>{told}</tr>"


def _button(doc_id: str, position: int, first: int, told: str) -> str:
    at = f"{escaped(doc_id)}/{position}/{max(0, first)}"
    return f'<button type="button" data-rows="{at}">{told}</button>'
