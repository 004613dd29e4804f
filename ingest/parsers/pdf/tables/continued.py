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
        columns: dict[int, tuple[float, float]] = {}
        for place in table.provenances:
            if place.span and place.bbox:
                n = table.text[: place.span[0]].rpartition("\n")[2].count(CELL_SEPARATOR)
                left, right = columns.get(n, (place.bbox.x0, place.bbox.x1))
                columns[n] = (min(left, place.bbox.x0), max(right, place.bbox.x1))
        rows = (tuple(line.split(CELL_SEPARATOR)) for line in table.text.split("\n"))
        return cls(tuple(rows), columns)

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
    if below.role != "table" or None in {above.page, below.page}:
        return False
    ends = [p.bbox.y1 for p in above.provenances if p.bbox is not None]
    begins = [p.bbox.y0 for p in below.provenances if p.bbox is not None]
    next_page = (above.page or 0) + 1 == below.page
    return next_page and max(ends, default=0) > _LOW and min(begins, default=1) < _HIGH


def _continued(above: Element, below: Element) -> Element:
    """Return a table with the header of the one above, and a divided row's label: without place."""
    former, part = _TablePart.of(above), _TablePart.of(below)
    header, first = former.rows[0], part.rows[0]
    bodies = [former.amounts(row) for row in former.rows[1:]]
    has_header = part.amounts(first) == 0 and 2 * sum(map(bool, bodies)) > len(bodies)
    is_same = [*map(_letters, header)] == [*map(_letters, first)]
    if former.amounts(header) or is_same or has_header or not _same_columns(former, part):
        return below
    goes_on = not first[0] and any(cell[:1].islower() for cell in first[1:])
    words = CELL_SEPARATOR.join(header) + "\n" + (former.rows[-1][0] if goes_on else "")
    moved = tuple(
        structs.replace(p, span=(p.span[0] + len(words), p.span[1] + len(words))) if p.span else p
        for p in below.provenances
    )
    return replace(below, text=words + below.text, provenances=moved)


def _same_columns(former: _TablePart, part: _TablePart) -> bool:
    """Whether most columns of both begin, or end, at the same places."""
    if former.width != part.width or former.width < _MIN_COLUMNS:
        return False
    shared = former.columns.keys() & part.columns.keys()
    pairs = [zip(former.columns[n], part.columns[n], strict=True) for n in shared]
    aligned = sum(min(abs(one - other) for one, other in pair) < _ALIGNED for pair in pairs)
    return aligned >= max(2, len(shared) - 1)


def _letters(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell).lower()
