"""A document without pages as a clean reading view, the cited words marked.

Shows a window around the quote where the document is long. Knows nothing of files or servers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

from pagelight.services.answering.places import Place
from pagelight.ui.source.marking import Span, find_quote, is_cited, lines_of, parts_of, row_of
from pagelight.ui.source.rows import LongTables, rows_of
from pagelight.ui.templating import render
from rag.datamodel import TABULAR, Element
from rag.table_qa.table_rows import is_made

WINDOW_CHARS: Final = 30_000
"""Text shown before, and after, the cited words."""

WINDOW_ROWS: Final = 80
"""Table rows shown before, and after, the cited row (or from the top where none is cited)."""

_BULLET: Final = re.compile(r"\s*[-*•–]\s+")


def reading_html(
    elements: Sequence[Element], place: Place | None, *, tables: LongTables | None = None
) -> Markup:
    """Return the elements; the words of `place` marked, none where it is None.

    Of `tables`, the document's own, each that is long stands as the page of its rows that is cited.
    """
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
        page = tables and tables.first_page(i, stored.get(i) or rows_of(element.text, cited))
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
    values: dict[str, Any] = {"parts": parts_of(element.text, spans)}
    if element.role in TABULAR:
        values = _table(element.text, spans)
    elif element.role == "list":
        values = {"items": [_item(start, line, spans) for start, line in lines_of(element.text)]}
    return render("source/element.html", element=element, **values)


def _item(start: int, line: str, spans: Sequence[Span]) -> list[tuple[str, bool]]:
    bullet = _BULLET.match(line)
    indent = bullet.end() if bullet else 0
    return parts_of(line[indent:], spans, start=start + indent)


def _table(text: str, spans: Sequence[Span]) -> dict[str, Any]:
    """Return the header row, and a window of rows around the cited one."""
    lines = lines_of(text) or [(0, "")]
    (_, header), rows = lines[0], lines[1:]
    focus = next((i for i, (start, line) in enumerate(rows) if is_cited(start, line, spans)), 0)
    first, last = max(0, focus - WINDOW_ROWS), min(len(rows), focus + WINDOW_ROWS)
    return {
        "header": row_of(header, spans, start=lines[0][0]),
        "rows": [row_of(line, spans, start=start) for start, line in rows[first:last]],
        "before": first,
        "after": len(rows) - last,
    }
