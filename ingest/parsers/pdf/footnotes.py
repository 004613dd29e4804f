"""Footnotes of a page: they stand at the foot of a column, and are read after all columns. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from ingest.layout.layout import Line

_MARK: Final = re.compile(r"(?:\d{1,3}|[*\u2217†‡§¶]{1,3})[.)]?\s?[^\W\d_]")
_SMALLER: Final = 0.93
"""Footnotes are set smaller than this part of the text's size."""


def footnotes_last(columns: Sequence[Sequence[Line]]) -> list[Line]:
    """Return the lines column by column, and the footnotes of all of them at the end."""
    size_pt = _usual_size_pt(columns)
    words: list[Line] = []
    notes: list[Line] = []
    for column in columns:
        start = _first_note(column, size_pt)
        if start < len(column) and _is_at_foot(column[start], columns):
            words += column[:start]
            notes += column[start:]
        else:
            words += column
    return words + notes


def _usual_size_pt(columns: Sequence[Sequence[Line]]) -> float:
    letters: Counter[float] = Counter()
    for column in columns:
        for line in column:
            letters[line.size_pt] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _first_note(column: Sequence[Line], size_pt: float) -> int:
    """Return where the small lines at the end begin that follow a note's mark; else the end."""
    first = at = len(column)
    while at and 0 < column[at - 1].size_pt < _SMALLER * size_pt:
        at -= 1
        first = at if _MARK.match(column[at].text) else first
    return first


def _is_at_foot(note: Line, columns: Sequence[Sequence[Line]]) -> bool:
    """Whether nothing larger stands below a note."""
    return not any(
        line.bbox.y0 >= note.bbox.y1
        and line.size_pt > note.size_pt
        and min(line.bbox.x1, note.bbox.x1) > max(line.bbox.x0, note.bbox.x0)
        for column in columns
        for line in column
    )
