"""Labels and their values on forms and receipts: beside each other, or one under the other.

Pure. Knows lines with boxes, grouped into rows of what stands side by side; knows no table. Single
letters that OCR takes for others are put right where the sheet itself tells: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.layout.layout import Line

Row = Sequence[Line]

FIELD_START: Final = 0.02
"""How far apart, in widths of the page, the lines of one column of a form begin at most."""

_UNDER: Final = 1.0
"""Gap through height up to which a value stands under its label."""

_LABEL: Final = re.compile(r"[^\W\d].*[:：]")
_LABELLED: Final = re.compile(r"[^\W\d](?:[^:：.]|\.(?!\w)){0,40}[:：](?!//)\s*\S")


def field_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return a row for each label with its values, and for each other line.

    Where labels stand in two columns the left column comes first, then the right one.
    """
    starts = _field_starts(rows)
    found: list[Row] = []
    n = 0
    while n < len(rows):
        start, end = _side_by_side(rows, n, starts)
        fields = [field for row in rows[n:end] for field in _fields_of(row, starts)]
        right = [field for field in fields if field[0].bbox.x0 > start - FIELD_START]
        found += [*(field for field in fields if field not in right), *right]
        n = end
    return tuple(_with_values_under(found))


def _field_starts(rows: Sequence[Row]) -> list[float]:
    """Return where labels begin that stand right of another cell, in two rows at least."""
    found = [line.bbox.x0 for row in rows for line in row[1:] if _has_label(line)]
    return sorted(x for x in found if sum(abs(x - other) < FIELD_START for other in found) > 1)


def _side_by_side(rows: Sequence[Row], n: int, starts: Sequence[float]) -> tuple[float, int]:
    """Return where the right one of two columns begins, else the page's edge, and both end."""
    start = next((x for x in starts if _begins_at(rows[n][1:], x)), 1.0 + FIELD_START)
    end = n + 1
    for m in range(n + 1, len(rows)):
        if _begins_at(rows[m], start):
            end = m + 1
        elif any(line.bbox.x1 > start for line in rows[m]):
            break
    return start, end


def _begins_at(row: Row, start: float) -> bool:
    """Whether a column of the row begins there, with nothing reaching into it from the left."""
    begins = any(abs(line.bbox.x0 - start) < FIELD_START for line in row)
    crosses = any(
        line.bbox.x0 < start - FIELD_START and line.bbox.x1 > start + FIELD_START for line in row
    )
    return begins and not crosses


def _fields_of(row: Row, starts: Sequence[float]) -> list[Row]:
    """Return each label of a row with the values that follow it; a number alone has none."""
    fields: list[list[Line]] = []
    for line in row:
        begins = _has_label(line) or any(abs(line.bbox.x0 - x) < FIELD_START for x in starts)
        if begins or not fields:
            fields.append([])
        fields[-1].append(line)
    return [field if any(map(str.isalpha, field[0].text)) else [joined(field)] for field in fields]


def _with_values_under(fields: Sequence[Row]) -> list[Row]:
    """Return the fields, a line that stands under a lone label as its value."""
    found: list[Row] = []
    for field in fields:
        above = found[-1] if found else ()
        if len(above) == len(field) == 1 and _is_value_under(above[0], field[0]):
            found[-1] = [above[0], field[0]]
        else:
            found.append(field)
    return found


def _is_value_under(label: Line, line: Line) -> bool:
    gap = line.bbox.y0 - label.bbox.y1
    flush = abs(line.bbox.x0 - label.bbox.x0) < FIELD_START
    near = -line.height / 2 < gap < _UNDER * line.height
    return is_label(label.text) and not _has_label(line) and flush and near


def _has_label(line: Line) -> bool:
    return is_label(line.text) or is_labelled(line.text)


def is_label(text: str) -> bool:
    """Whether a cell is a label alone: "Date :"."""
    return _LABEL.fullmatch(text.strip()) is not None


def is_labelled(text: str) -> bool:
    """Whether a cell holds a label and its value: "Date: 1 May"."""
    return _LABELLED.match(text) is not None


def joined(row: Row) -> Line:
    """Return the pieces of a row as one line."""
    if len(row) == 1:
        return row[0]
    box = row[0].bbox
    for line in row[1:]:
        box = box.union(line.bbox)
    return Line(text=" ".join(line.text for line in row), bbox=box, confidence=confidence_of(row))


def confidence_of(lines: Sequence[Line]) -> float | None:
    """Return the mean score by letters; None without letters."""
    chars = sum(len(line.text) for line in lines)
    if not chars:
        return None
    return sum((line.confidence or 0.0) * len(line.text) for line in lines) / chars


_DOLLARS: Final = re.compile(r"\$\s?\d")
_AS_LETTER: Final = re.compile(r"(?<!\w)S(?=\d{1,3}(?:,\d{3})*\.\d\d(?!\w|\.\d))")
"""A dollar sign read as a letter: "S8.20"."""


def repaired(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, "S8.20" as "$8.20" where other sums of the sheet are in dollars."""
    if not any(_DOLLARS.search(line.text) for line in lines):
        return list(lines)
    return [replace(line, text=_AS_LETTER.sub("$", line.text)) for line in lines]
