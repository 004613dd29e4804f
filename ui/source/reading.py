"""A document without pages as a clean reading view, the cited words marked. Pure: values to HTML.

Finds a quote again in the document's elements (a chunk joins several of them), shows a window
around it where the document is long, and escapes every word. Knows nothing of files or servers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Element
from service.asking.places import Place
from ui.html.cells import tag_of
from ui.html.escape import escaped

WINDOW_CHARS: Final = 30_000
"""Text shown before, and after, the cited words."""

WINDOW_ROWS: Final = 80
"""Table rows shown before, and after, the cited row (or from the top where none is cited)."""

_BULLET: Final = re.compile(r"\s*[-*•–]\s+")

Span = tuple[int, int]
Spans = Mapping[int, Sequence[Span]]
"""Position of an element -> ranges of its text that are cited."""


def reading_html(elements: Sequence[Element], place: Place | None) -> str:
    """Return the elements as HTML; the words of `place` in `<mark>`, none where it is None."""
    if not elements:
        return '<div class="reading"><p class="remark">Nothing was read of it.</p></div>'
    spans = find_quote(elements, place) if place else {}
    first, last = _window(elements, focus=min(spans, default=0))
    body = "".join(
        element_html(elements[i], spans.get(i, ()))
        for i in range(first, last)
        if _shown(elements, i)
    )
    before = _left_out("Earlier", first > 0)
    return f'<div class="reading">{before}{body}{_left_out("Later", last < len(elements))}</div>'


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


def _left_out(which: str, is_left_out: bool) -> str:  # noqa: FBT001 - reads as a sentence
    return f'<p class="remark">{which} parts are not shown.</p>' if is_left_out else ""


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
        f'height="{image.height_px}" alt="Figure" loading="lazy">{caption}</figure>'
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
    return (
        f'<div class="table"><table dir="auto"><thead>{head}</thead><tbody>{_rows_left_out(first)}'
        f"{body}{_rows_left_out(len(rows) - last)}</tbody></table></div>"
    )


def _rows_left_out(count: int) -> str:
    if not count:
        return ""
    noun = "row is" if count == 1 else "rows are"
    return f'<tr class="remark"><td colspan="99">{count:,} more {noun} not shown.</td></tr>'


def _row_html(text: str, line: _ReadingLine, spans: Sequence[Span], *, tag: str) -> str:
    cells, at = [], line.start
    for cell in text[line.start : line.end].split(CELL_SEPARATOR):
        cells.append(f"{tag_of(cell, tag=tag)}{marked(cell, spans, start=at)}</{tag}>")
        at += len(cell) + len(CELL_SEPARATOR)
    lit = ' class="lit-row"' if line.cited(spans) else ""
    return f"<tr{lit}>{''.join(cells)}</tr>"
