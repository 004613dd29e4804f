"""The lettering of a picture as pieces with boxes, in rows that stand level.

A photograph of a receipt is seldom straight: what stands side by side rises or falls along the
row. The slope is measured from the pieces themselves and taken out before rows are formed; boxes
stay those of the picture. Pure: knows elements and boxes, no pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from rag.datamodel import BBox, Document, Element, Provenance

STEEPEST: Final = 0.12
"""Rise through run of the steepest row that is levelled: about 7 degrees."""

STEPS: Final = 49
"""Slopes that are tried, evenly from `-STEEPEST` to `STEEPEST`."""

LEVEL: Final = 0.5
"""Pieces stand in one row if their levels are within this share of their usual height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetteringPiece:
    """Some lettering that stands together. `level` is its vertical middle on the levelled page."""

    text: str
    bbox: BBox
    level: float
    place: Provenance

    @property
    def height(self) -> float:
        return self.bbox.y1 - self.bbox.y0

    @property
    def centre(self) -> float:
        return (self.bbox.x0 + self.bbox.x1) / 2


READ_OFF: Final = frozenset({"chart", "caption"})
"""Roles of the table of a chart that was read off a picture, and of its note."""

Row = tuple[LetteringPiece, ...]
"""Pieces side by side, from left to right."""


def pieces_of(doc: Document, *, page: int = 1) -> list[LetteringPiece]:
    """Return the lettering of a page, levelled, from top to bottom.

    What was read off a picture does not stand on it.
    """
    found = [
        (text, place, place.bbox)
        for element in doc.elements
        if element.role not in READ_OFF
        for text, place in _lettered(element)
        if place.page in {page, None} and place.bbox is not None
    ]
    rise = slope([box for _, _, box in found])
    pieces = [
        LetteringPiece(text=text, bbox=box, level=_level(box, rise), place=place)
        for text, place, box in found
    ]
    return sorted(pieces, key=lambda piece: (piece.level, piece.bbox.x0))


def _lettered(element: Element) -> Iterator[tuple[str, Provenance]]:
    for place in element.provenances:
        if place.span is not None:
            text = element.text[slice(*place.span)].strip()
            if text:
                yield text, place


def _level(box: BBox, rise: float) -> float:
    return (box.y0 + box.y1) / 2 - rise * ((box.x0 + box.x1) / 2 - 0.5)


def slope(boxes: Sequence[BBox]) -> float:
    """Return the rise of the rows through their run; 0 where nothing stands side by side.

    That slope is taken at which the middles of the boxes stand in the fewest distinct rows: the
    sum over rows of squared counts is largest (the profile of a page is sharpest when upright:
    Postl, Detection of linear oblique structures and skew scan in digitized documents, 1986).
    """
    if len(boxes) < 2:  # noqa: PLR2004 - a row needs two
        return 0.0
    bin_height = LEVEL * median(box.y1 - box.y0 for box in boxes)
    x = np.array([(box.x0 + box.x1) / 2 - 0.5 for box in boxes])
    y = np.array([(box.y0 + box.y1) / 2 for box in boxes])
    tried = sorted(np.linspace(-STEEPEST, STEEPEST, STEPS), key=abs)  # straight ones win ties
    return float(max(tried, key=lambda rise: _sharpness(y - rise * x, bin_height)))


def _sharpness(levels: np.ndarray, bin_height: float) -> float:
    gaps = np.abs(levels[:, None] - levels[None, :]) / bin_height
    return round(float(np.maximum(0.0, 1.0 - gaps).sum()), 3)


def rows_of(pieces: Iterable[LetteringPiece]) -> list[Row]:
    """Return the pieces in rows from top to bottom, each from left to right."""
    ordered = sorted(pieces, key=lambda piece: piece.level)
    rows: list[list[LetteringPiece]] = []
    for piece in ordered:
        if rows and _stands_with(rows[-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [tuple(sorted(row, key=lambda piece: piece.bbox.x0)) for row in rows]


def _stands_with(row: Sequence[LetteringPiece], piece: LetteringPiece) -> bool:
    level = sum(other.level for other in row) / len(row)
    height = min(piece.height, *(other.height for other in row))
    return abs(level - piece.level) <= LEVEL * height
