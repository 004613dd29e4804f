"""Tables that go on over the page: each page's part says what its columns and its first row are.

A part stays on its page, so that what is found there is shown there; what it repeats of the page
before (the header, the label of a row that the page's end divides) has no place of its own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from ingest.parsers.pdf.tables.cells import is_number, is_year
from rag.datamodel import CELL_SEPARATOR, Element

_LOW: Final = 0.6
"""A table that goes on ends below this part of its page's height."""

_HIGH: Final = 0.3
"""... and begins above this part of the next page's."""

_CONTINUED: Final = re.compile(r"\bcont(?:inued|'d|’d|\.)|\bfortsetzung\b|\bsuite\b", re.IGNORECASE)
_SHORT_LETTERS: Final = 40
_MIN_COLUMNS: Final = 3
"""Of two columns (contents, an index, a list of names) the first row is seldom a header."""

_ALIGNED: Final = 0.02
"""Columns of both parts begin or end at the same places, in fractions of the page's width."""


@dataclass(frozen=True, slots=True)
class _TablePart:
    """A table element's rows as cells, and where its columns stand: (left, right) by number."""

    rows: tuple[tuple[str, ...], ...]
    columns: dict[int, tuple[float, float]]

    @classmethod
    def of(cls, table: Element) -> _TablePart:
        rows = tuple(tuple(line.split(CELL_SEPARATOR)) for line in table.text.split("\n"))
        boxes = {p.span[0]: p.bbox for p in table.provenances if p.span and p.bbox}
        columns: dict[int, tuple[float, float]] = {}
        at = 0
        for row in rows:
            for n, cell in enumerate(row):
                box = boxes.get(at)
                if box is not None:
                    left, right = columns.get(n, (box.x0, box.x1))
                    columns[n] = (min(left, box.x0), max(right, box.x1))
                at += len(cell) + len(CELL_SEPARATOR if n < len(row) - 1 else "\n")
        return cls(rows, columns)

    @property
    def width(self) -> int:
        return max(map(len, self.rows))

    def amounts(self, row: Sequence[str]) -> int:
        return sum(is_number(cell) and not is_year(cell) for cell in row[1:])


def with_headers(elements: Sequence[Element]) -> list[Element]:
    """Return the elements; tables that go on from the page before with that page's header."""
    done: list[Element] = []
    above: Element | None = None
    for element in elements:
        if above is not None and _follows(above, element):
            done.append(_continued(above, element))
        else:
            done.append(element)
        if element.role == "table":
            above = done[-1]
        elif element.role != "caption" and not _CONTINUED.search(element.text[-_SHORT_LETTERS:]):
            above = None
    return done


def _follows(above: Element, below: Element) -> bool:
    """Whether one table ends a page and the other begins the next."""
    if below.role != "table" or None in {above.page, below.page}:
        return False
    ends = [p.bbox.y1 for p in above.provenances if p.bbox is not None]
    begins = [p.bbox.y0 for p in below.provenances if p.bbox is not None]
    next_page = (above.page or 0) + 1 == below.page
    return next_page and max(ends, default=0) > _LOW and min(begins, default=1) < _HIGH


def _continued(above: Element, below: Element) -> Element:
    former, part = _TablePart.of(above), _TablePart.of(below)
    header = former.rows[0]
    if former.amounts(header) or _same(header, part.rows[0]) or _is_header(part, former):
        return below
    if not _same_columns(former, part):
        return below
    label = former.rows[-1][0] if _goes_on(part.rows[0]) else ""
    return _preceded(below, CELL_SEPARATOR.join(header) + "\n" + label)


def _preceded(table: Element, words: str) -> Element:
    """Return the table with words before its text, which have no place."""
    moved = tuple(
        structs.replace(p, span=(p.span[0] + len(words), p.span[1] + len(words))) if p.span else p
        for p in table.provenances
    )
    return replace(table, text=words + table.text, provenances=moved)


def _same_columns(former: _TablePart, part: _TablePart) -> bool:
    """Whether most columns of both begin, or end, at the same places."""
    if former.width != part.width or former.width < _MIN_COLUMNS:
        return False
    shared = former.columns.keys() & part.columns.keys()
    aligned = [n for n in shared if _aligned(former.columns[n], part.columns[n])]
    return len(aligned) >= max(2, len(shared) - 1)


def _aligned(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return min(abs(one[0] - other[0]), abs(one[1] - other[1])) < _ALIGNED


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return [_letters(cell) for cell in one] == [_letters(cell) for cell in other]


def _letters(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell).lower()


def _is_header(part: _TablePart, former: _TablePart) -> bool:
    """Whether the first row is a header of its own: words, where the table's rows have amounts."""
    body = [former.amounts(row) for row in former.rows[1:]]
    return part.amounts(part.rows[0]) == 0 and 2 * sum(map(bool, body)) > len(body)


def _goes_on(row: Sequence[str]) -> bool:
    """Whether a row has words and no label: it goes on with the row before."""
    return not row[0] and any(cell[:1].islower() for cell in row[1:])
