"""Text as HTML with its cited ranges in `<mark>`, and the rows of a table. Pure: text to HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pagelight.services.answering.quoted import Span
from pagelight.ui.html.cells import tag_of
from pagelight.ui.html.escape import escaped
from rag.datamodel import CELL_SEPARATOR


def marked(text: str, spans: Sequence[Span], *, start: int = 0) -> str:
    """Return `text` escaped, its cited ranges in `<mark>`; `start` is where it begins in them."""
    parts, at = [], 0
    for span_start, span_end in sorted(spans):
        low, high = max(at, span_start - start), min(len(text), span_end - start)
        if low < high:
            parts += [escaped(text[at:low]), f"<mark>{escaped(text[low:high])}</mark>"]
            at = high
    return "".join([*parts, escaped(text[at:])])


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line of a text, from `start` to `end`."""

    start: int
    end: int

    def cited(self, spans: Sequence[Span]) -> bool:
        return any(start < self.end and self.start < end for start, end in spans)


def lines_of(text: str) -> list[TextLine]:
    """Return the lines that are not blank."""
    lines, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(TextLine(start=at, end=at + len(line)))
        at += len(line) + 1
    return lines


def row_html(text: str, line: TextLine, spans: Sequence[Span], *, tag: str, first: str = "") -> str:
    """Return a line of a table as its row; the cell `first` stands before the others."""
    cells, at = [first], line.start
    for cell in text[line.start : line.end].split(CELL_SEPARATOR):
        cells.append(f"{tag_of(cell, tag=tag)}{marked(cell, spans, start=at)}</{tag}>")
        at += len(cell) + len(CELL_SEPARATOR)
    lit = ' class="lit-row"' if line.cited(spans) else ""
    return f"<tr{lit}>{''.join(cells)}</tr>"
