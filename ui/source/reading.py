"""A document without pages as a clean reading view, the cited words marked. Pure: values to HTML.

Finds a quote again in the document's elements (a chunk joins several of them), shows a window
around it where the document is long, and escapes every word. Knows nothing of files or servers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.computed.table_rows import is_made
from rag.datamodel import CELL_SEPARATOR, Element
from service.asking.places import Place
from ui.html.cells import table_html, tag_of
from ui.html.escape import escaped
from ui.html.language import key, known, say, say_count
from ui.source.rows import rows_button

WINDOW_CHARS: Final = 30_000
"""Text shown before, and after, the cited words."""

WINDOW_ROWS: Final = 80
"""Table rows shown before, and after, the cited row (or from the top where none is cited)."""

_BULLET: Final = re.compile(r"\s*[-*•–]\s+")

Span = tuple[int, int]
EARLIER: Final = key("Earlier parts are not shown.")
LATER: Final = key("Later parts are not shown.")

Spans = Mapping[int, Sequence[Span]]
"""Position of an element -> ranges of its text that are cited."""


def reading_html(elements: Sequence[Element], place: Place | None, *, doc_id: str = "") -> str:
    """Return the elements as HTML; the words of `place` in `<mark>`, none where it is None.

    With the id of the document whose elements these all are, long tables can be leafed through.
    """
    if not elements:
        return f'<div class="reading"><p class="remark">{say("Nothing was read of it.")}</p></div>'
    spans = find_quote(elements, place) if place else {}
    first, last = _window(elements, focus=min(spans, default=0))
    body = "".join(
        element_html(elements[i], spans.get(i, ()))
        + (rows_button(elements[i], doc_id=doc_id, position=i) if doc_id else "")
        for i in range(first, last)
        if _shown(elements, i)
    )
    if place is not None and not spans:
        body = _beyond(place) + body
    before = _left_out(EARLIER, first > 0)
    return f'<div class="reading">{before}{body}{_left_out(LATER, last < len(elements))}</div>'


def _beyond(place: Place) -> str:
    """Return the cited rows of a table that is longer than the text of its document."""
    if not is_made(place.chunk) or not place.quote:
        return ""
    rows = Element(role="table", text=place.chunk.text)
    return element_html(rows, find_quote([rows], place).get(0, ()))


def find_quote(elements: Sequence[Element], place: Place) -> dict[int, list[Span]]:
    """Return where the quote stands; line by line where no one element holds all of it.

    Of several equal places the one that shares most text with the chunk wins, the first of equals.
    """
    if place.found:
        return {i: [place.found[1]] for i, e in enumerate(elements) if e is place.found[0]}
    candidates = [i for i, e in enumerate(elements) if e.text and _on_page(e, place.page)]
    ranked = sorted(candidates, key=lambda i: -_kinship(elements[i].text, place.chunk.text))
    whole = _first_match(elements, ranked, place.quote)
    if whole:
        return {whole[0]: [whole[1]]}
    found: dict[int, list[Span]] = {}
    for line in place.quote.splitlines():
        match = _first_match(elements, ranked, line)
        if match:
            found.setdefault(match[0], []).append(match[1])
    return {i: sorted(set(spans)) for i, spans in found.items()}


def _on_page(element: Element, page: int | None) -> bool:
    return page is None or element.page in {None, page}


def _kinship(text: str, chunk_text: str) -> int:
    """Count the letters of the element's lines that stand in the chunk as they are."""
    return sum(
        len(line) for line in text.splitlines()[:2000] if line.strip() and line in chunk_text
    )


def _first_match(
    elements: Sequence[Element], order: Sequence[int], quote: str
) -> tuple[int, Span] | None:
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    for i in order:
        match = pattern.search(elements[i].text)
        if match:
            return i, match.span()
    return None


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


def marked(text: str, spans: Sequence[Span], *, start: int = 0) -> str:
    """Return `text` escaped, its cited ranges in `<mark>`; `start` is where it begins in them."""
    parts, at = [], 0
    for span_start, span_end in sorted(spans):
        low, high = max(at, span_start - start), min(len(text), span_end - start)
        if low < high:
            parts += [escaped(text[at:low]), f"<mark>{escaped(text[low:high])}</mark>"]
            at = high
    return "".join([*parts, escaped(text[at:])])


def _lines_html(text: str, spans: Sequence[Span], *, tag: str) -> str:
    items = []
    for line in _lines(text):
        bullet = _BULLET.match(text, line.start, line.end)
        start = bullet.end() if bullet else line.start
        items.append(f"<{tag}>{marked(text[start : line.end], spans, start=start)}</{tag}>")
    return "".join(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadingLine:
    start: int
    end: int

    def cited(self, spans: Sequence[Span]) -> bool:
        return any(start < self.end and self.start < end for start, end in spans)


def _lines(text: str) -> list[_ReadingLine]:
    lines, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(_ReadingLine(start=at, end=at + len(line)))
        at += len(line) + 1
    return lines


def _figure_html(element: Element, spans: Sequence[Span]) -> str:
    words = marked(element.text, spans)
    if element.image is None:
        return f'<p class="lettering">{words}</p>'
    caption = f'<figcaption class="lettering">{words}</figcaption>' if words else ""
    image = element.image
    return (
        f'<figure><img src="/asset/{escaped(image.id)}" width="{image.width_px}" '
        f'height="{image.height_px}" alt="{say("Figure")}" loading="lazy">{caption}</figure>'
    )


def _table_html(text: str, spans: Sequence[Span]) -> str:
    """Return a real table: the header row, then a window of rows around the cited one."""
    lines = _lines(text)
    if not lines:
        return ""
    header, rows = lines[0], lines[1:]
    focus = next((i for i, line in enumerate(rows) if line.cited(spans)), 0)
    first, last = max(0, focus - WINDOW_ROWS), min(len(rows), focus + WINDOW_ROWS)
    body = "".join(_row_html(text, line, spans, tag="td") for line in rows[first:last])
    head = _row_html(text, header, spans, tag="th")
    body = f"{_rows_left_out(first)}{body}{_rows_left_out(len(rows) - last)}"
    return table_html(f"<thead>{head}</thead><tbody>{body}</tbody>")


def _rows_left_out(count: int) -> str:
    if not count:
        return ""
    told = say_count(count, "{n} more row is not shown.", "{n} more rows are not shown.")
    return f'<tr class="remark"><td colspan="99">{told}</td></tr>'


def _row_html(text: str, line: _ReadingLine, spans: Sequence[Span], *, tag: str) -> str:
    cells, at = [], line.start
    for cell in text[line.start : line.end].split(CELL_SEPARATOR):
        cells.append(f"{tag_of(cell, tag=tag)}{marked(cell, spans, start=at)}</{tag}>")
        at += len(cell) + len(CELL_SEPARATOR)
    lit = ' class="lit-row"' if line.cited(spans) else ""
    return f"<tr{lit}>{''.join(cells)}</tr>"
