"""From lines of lettering to elements: paragraphs, headings, tables, or one figure's words.

Pure. Knows lines with boxes; knows nothing of pixels, files or OCR. What stands side by side in a
row (a label and its value, the cells of a receipt) stays on one line of text, with
`CELL_SEPARATOR` between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from ingest.layout.layout import Line, reading_order
from ingest.layout.paragraphs import blocks, join_lines, starts_list_item
from ingest.ocr.form import Cells, confidence_of, form_blocks, is_label, is_short, joined
from rag.datamodel import CELL_SEPARATOR, Element, Provenance, Role

Rows = list[list[Line]]

_HEADING_CHARS: Final = 90
_CAPITALS: Final = 5
"""The fewest letters of a heading that only its capitals tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetteredPicture:
    """What was read of a picture. `aspect` is its width through height."""

    lines: Sequence[Line]
    aspect: float
    coloured_share: float


def is_page_of_text(sheet: LetteredPicture) -> bool:
    """Tell prose, forms and receipts from charts, slides and photographs.

    Receipts, forms and letters are high and hardly coloured. Thresholds lie in the gaps seen over
    receipts, scans, screenshots, slides and charts.
    """
    is_sheet = sheet.coloured_share < 0.03 and sheet.aspect <= 0.8
    return _is_prose(sheet) or (is_sheet and len(sheet.lines) >= 15)


def _is_prose(sheet: LetteredPicture) -> bool:
    """Whether most letters stand in long lines with spaces; web addresses have none."""
    texts = [line.text for line in sheet.lines]
    long = sum(len(text) for text in texts if len(text) >= 30 and text.count(" ") >= len(text) / 15)
    return sum(map(len, texts)) >= 800 and 2 * long >= sum(map(len, texts))


def figure_text(sheet: LetteredPicture) -> tuple[str, tuple[Provenance, ...]]:
    """Return all lettering as one text, a row a line, one provenance a piece.

    The lines of a label in a diagram or over a column, centred one under the other, are one piece.
    """
    return _rows_text(_rows(replace(sheet, lines=_labels(sheet))))


def page_elements(sheet: LetteredPicture) -> list[Element]:
    """Return paragraphs, headings, list items and tables in reading order, on page 1.

    The lines of prose are joined; those of a form or a receipt stay lines.
    """
    if not sheet.lines:
        return []
    if not _is_prose(sheet):
        return _titled(_rows(sheet))
    usual = median(line.height for line in sheet.lines)
    elements: list[Element] = []
    for rows, is_table in _runs(_rows(sheet)):
        if is_table:
            elements += _form(rows)
        else:
            elements += _paragraphs([joined(row) for row in rows], usual=usual)
    return elements


def _rows(sheet: LetteredPicture) -> Rows:
    """Group lines that follow each other in reading order and stand side by side."""
    rows: Rows = []
    for line in reading_order(sheet.lines):
        if not rows or not _is_adjacent(rows[-1][-1], line):
            rows.append([line])
        elif _is_divided(rows[-1][-1], line, sheet.aspect):
            rows[-1][-1] = joined([rows[-1][-1], line])
        else:
            rows[-1].append(line)
    return rows


def _labels(sheet: LetteredPicture) -> list[Line]:
    """Join words that stand centred one under the other and have no number beside them."""
    numbers = [line for line in sheet.lines if any(c.isdigit() for c in line.text)]
    found: list[Line] = []
    for line in sorted(sheet.lines, key=lambda line: line.middle):
        above = None
        if _is_words(line, numbers):
            fits = (n for n, upper in enumerate(found) if _is_under(upper, line, sheet.aspect))
            above = next((n for n in fits if _is_words(found[n], numbers)), None)
        if above is None:
            found.append(line)
        else:
            found[above] = joined([found[above], line])
    return found


def _is_words(line: Line, numbers: Sequence[Line]) -> bool:
    letters = sum(c.isalpha() for c in line.text)
    is_adjacent = any(_is_adjacent(line, other) or _is_adjacent(other, line) for other in numbers)
    return letters > len(line.text) / 2 and not is_adjacent


def _is_under(upper: Line, lower: Line, aspect: float) -> bool:
    gap = lower.bbox.y0 - upper.bbox.y1
    centre = (lower.bbox.x0 + lower.bbox.x1 - upper.bbox.x0 - upper.bbox.x1) / 2 * aspect
    return max(abs(gap), abs(centre)) < lower.height / 2


def _is_adjacent(left: Line, right: Line) -> bool:
    shared = min(left.bbox.y1, right.bbox.y1) - max(left.bbox.y0, right.bbox.y0)
    return right.bbox.x0 >= left.bbox.x1 - 0.01 and shared > 0.5 * min(left.height, right.height)


def _is_divided(left: Line, right: Line, aspect: float) -> bool:
    """Whether two pieces side by side are one line that OCR divided."""
    gap = (right.bbox.x0 - left.bbox.x1) * aspect  # in heights of the page, as `height` is
    is_alike = 0.7 < left.height / right.height < 1.4
    return is_alike and gap < 0.8 * min(left.height, right.height)


def _runs(rows: Rows) -> list[tuple[Rows, bool]]:
    """Divide rows into runs of cells (two rows, or one with a label) and what lies between.

    One single line may stand between two rows of cells.
    """
    spans: list[tuple[int, int]] = []
    for n in (n for n, row in enumerate(rows) if len(row) > 1):
        between = rows[spans[-1][1] : n] if spans else []
        if spans and len(between) <= 1 and not any(_in_capitals(row[0]) for row in between):
            spans[-1] = (spans[-1][0], n + 1)
        else:
            spans.append((n, n + 1))
    runs: list[tuple[Rows, bool]] = []
    done = 0
    for first, end in spans:
        if end > first + 1 or any(is_label(line.text) for line in rows[first]):
            runs += [(rows[done:first], False), (rows[first:end], True)]
            done = end
    return [run for run in [*runs, (rows[done:], False)] if run[0]]


def _rows_text(rows: Sequence[Cells]) -> tuple[str, tuple[Provenance, ...]]:
    """Return a row a line, cells apart, with a provenance for each cell that is not empty."""
    text = ""
    provenances = []
    for row in rows:
        for number, line in enumerate(row):
            text += CELL_SEPARATOR if number else "\n" if text else ""
            if line is None:
                continue
            words = line.text.replace("|", "¦")
            span = (len(text), len(text) + len(words))
            provenances.append(Provenance(page=1, bbox=line.bbox, span=span))
            text += words
    return text, tuple(provenances)


def _titled(rows: Rows) -> list[Element]:
    """Return a form or a receipt with its title, the name at its head, as a heading before it.

    That is the first line of words near the head, and the next if that is one or two words.
    """
    head = [row[0] for row in rows[:6] if len(row) == 1 and _is_named(row[0].text)]
    title = head[: 1 + (bool(head) and len(head[0].text.split()) <= 2)]
    if not title:
        return _form(rows)
    text, provenances = join_lines(title, page=1)
    heading = replace(_element("heading", text, provenances, title), level=1)
    return [heading, *_form([row for row in rows if row[0] not in title])]


def _is_named(text: str) -> bool:
    """Whether a line is words: no number, no label with its value, no sentence."""
    letters = sum(c.isalpha() for c in text)
    share = letters / len("".join(text.split()))
    return text[0].isalpha() and letters >= _CAPITALS and share > 0.6 and is_short(text)


def _form(rows: Rows) -> list[Element]:
    """Return tables, and between them lists of lines and of labels with their values."""
    elements = []
    for block in form_blocks(rows):
        text, provenances = _rows_text(block.rows)
        lines = [line for row in block.rows for line in row if line is not None]
        role: Role = "table" if block.is_table else "list"
        elements.append(_element(role, text, provenances, lines))
    return elements


def _paragraphs(lines: Sequence[Line], *, usual: float) -> list[Element]:
    elements = []
    for block in _prose_blocks(lines):
        text, provenances = join_lines(block, page=1)
        largeness = median(line.height for line in block) / usual
        element = _element(_role(text, largeness), text, provenances, block)
        if element.role == "heading":
            element = replace(element, level=1 if largeness >= 2 else 2)
        elements.append(element)
    return elements


def _prose_blocks(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Group lines into paragraphs; a lone line in capitals is a heading of its own."""
    found: list[tuple[Line, ...]] = []
    below: list[Line] = []
    for before, line, after in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        if _in_capitals(line) and not _in_capitals(before) and not _in_capitals(after):
            found += [*blocks(below), (line,)]
            below = []
        else:
            below.append(line)
    return found + blocks(below)


def _in_capitals(line: Line | None) -> bool:
    return line is not None and len(line.text) <= _HEADING_CHARS and _are_capitals(line.text)


def _are_capitals(text: str) -> bool:
    return text.isupper() and sum(c.isalpha() for c in text) >= _CAPITALS


def _role(text: str, largeness: float) -> Role:
    is_short = any(c.isalpha() for c in text) and len(text) <= _HEADING_CHARS
    if is_short and (_are_capitals(text) or largeness >= 1.35):
        return "heading"
    return "list" if starts_list_item(text) else "paragraph"


def _element(
    role: Role, text: str, provenances: tuple[Provenance, ...], lines: Sequence[Line]
) -> Element:
    return Element(role=role, text=text, provenances=provenances, confidence=confidence_of(lines))
