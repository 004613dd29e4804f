"""A document without pages as a clean reading view, the cited words marked. Pure: values to HTML.

Shows a window around the quote where the document is long, and escapes every word. Knows nothing
of files or servers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.services.answering.quoted import Span, find_quote
from pagelight.ui.html.cells import table_html
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say, say_count
from pagelight.ui.html.marking import lines_of, marked, row_html
from pagelight.ui.source.rows import LongTables, rows_of
from pagelight.ui.source.why import remark_html
from rag.answer.computed.table_rows import is_made
from rag.datamodel import Element

WINDOW_CHARS: Final = 30_000
"""Text shown before, and after, the cited words."""

WINDOW_ROWS: Final = 80
"""Table rows shown before, and after, the cited row (or from the top where none is cited)."""

_BULLET: Final = re.compile(r"\s*[-*•–]\s+")

EARLIER: Final = key("Earlier parts are not shown.")
LATER: Final = key("Later parts are not shown.")


def reading_html(
    elements: Sequence[Element], place: Place | None, *, tables: LongTables | None = None
) -> str:
    """Return the elements as HTML; the words of `place` in `<mark>`, none where it is None.

    Of `tables`, the document's own, each that is long stands as the page of its rows that is cited.
    """
    if not elements:
        return f'<div class="reading"><p class="remark">{say("Nothing was read of it.")}</p></div>'
    kept = tables.cited(place) if tables and place else {}
    spans = find_quote(elements, place) if place and not kept else {}
    first, last = _window(elements, focus=min(kept or spans, default=0))
    body = "".join(
        (
            tables
            and tables.first_page(i, kept.get(i) or rows_of(elements[i].text, spans.get(i, ())))
        )
        or element_html(elements[i], spans.get(i, ()))
        for i in range(first, last)
        if _shown(elements, i)
    )
    if place is not None and not kept and not spans:
        body = _beyond(place) + body
    before = _left_out(EARLIER, first > 0)
    return f'<div class="reading">{before}{body}{_left_out(LATER, last < len(elements))}</div>'


def _beyond(place: Place) -> str:
    """Return the cited rows of a table that is longer than the text of its document."""
    if not is_made(place.chunk) or not place.quote:
        return ""
    rows = Element(role="table", text=place.chunk.text)
    return element_html(rows, find_quote([rows], place).get(0, ()))


def _window(elements: Sequence[Element], *, focus: int) -> tuple[int, int]:
    """Return the range of elements around `focus` that is shown."""
    first = _reach(elements, focus, step=-1)
    return first, _reach(elements, focus, step=1) + 1


def _reach(elements: Sequence[Element], focus: int, *, step: int) -> int:
    letters, at = 0, focus
    while 0 <= at + step < len(elements) and letters < WINDOW_CHARS:
        at += step
        letters += min(len(elements[at].text), WINDOW_CHARS // 4) + 40
    return at


def _left_out(words: str, is_left_out: bool) -> str:  # noqa: FBT001 - reads as a sentence
    return f'<p class="remark">{known(words)}</p>' if is_left_out else ""


def _shown(elements: Sequence[Element], position: int) -> bool:
    element = elements[position]
    return bool(element.text or element.image)


def element_html(element: Element, spans: Sequence[Span] = ()) -> str:  # noqa: PLR0911 - by role
    """Return one element as HTML, the ranges `spans` of its text marked."""
    match element.role:
        case "table" | "chart":
            return _table_html(element.text, spans)
        case "list":
            return f'<ul dir="auto">{_lines_html(element.text, spans, tag="li")}</ul>'
        case "figure":
            return _figure_html(element, spans)
        case "code":
            return f"<pre>{marked(element.text, spans)}</pre>"
        case "title" | "heading":
            tag = "h3" if element.role == "title" or (element.level or 1) == 1 else "h4"
            return f"<{tag}>{marked(element.text, spans)}</{tag}>"
        case "caption":
            return f'<p class="caption">{marked(element.text, spans)}</p>'
        case "paragraph":
            return f'<p class="text">{marked(element.text, spans)}</p>'


def _lines_html(text: str, spans: Sequence[Span], *, tag: str) -> str:
    items = []
    for line in lines_of(text):
        bullet = _BULLET.match(text, line.start, line.end)
        start = bullet.end() if bullet else line.start
        items.append(f"<{tag}>{marked(text[start : line.end], spans, start=start)}</{tag}>")
    return "".join(items)


def _figure_html(element: Element, spans: Sequence[Span]) -> str:
    words = marked(element.text, spans)
    remark = remark_html(element)
    if element.image is None:
        return f'<p class="lettering">{words}</p>{remark}'
    caption = f'<figcaption class="lettering">{words}</figcaption>' if words else ""
    image = element.image
    return (
        f'<figure><img src="/asset/{escaped(image.id)}" width="{image.width_px}" '
        f'height="{image.height_px}" alt="{say("Figure")}" loading="lazy">{caption}</figure>'
        f"{remark}"
    )


def _table_html(text: str, spans: Sequence[Span]) -> str:
    """Return a real table: the header row, then a window of rows around the cited one."""
    lines = lines_of(text)
    if not lines:
        return ""
    header, rows = lines[0], lines[1:]
    focus = next((i for i, line in enumerate(rows) if line.cited(spans)), 0)
    first, last = max(0, focus - WINDOW_ROWS), min(len(rows), focus + WINDOW_ROWS)
    body = "".join(row_html(text, line, spans, tag="td") for line in rows[first:last])
    head = row_html(text, header, spans, tag="th")
    body = f"{_rows_left_out(first)}{body}{_rows_left_out(len(rows) - last)}"
    return table_html(f"<thead>{head}</thead><tbody>{body}</tbody>")


def _rows_left_out(count: int) -> str:
    if not count:
        return ""
    told = say_count(count, "{n} more row is not shown.", "{n} more rows are not shown.")
    return f'<tr class="remark"><td colspan="99">{told}</td></tr>'
