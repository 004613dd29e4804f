"""Numbers beside an axis that are too small to be found at first, looked for once more.

Where bars are seen that have neither an axis nor values, the edges are read again, enlarged: small
numbers are missed more often than misread, single digits most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ingest.layout.layout import Line
from rag.datamodel import BBox
from rag.protocols import Ocr, OcrLine, Pixels

EDGES: Final = (BBox(x0=0.0, y0=0.0, x1=0.2, y1=1.0), BBox(x0=0.0, y0=0.8, x1=1.0, y1=1.0))
"""Where numbers of an axis stand: left of a plot, or below it."""

LEAST_SCORE: Final = 0.6
_CUT: Final = 0.01
"""What ends so near the inner side of an edge may be cut off by it."""


def closer_lines(pixels: Pixels, lines: Sequence[Line], ocr: Ocr) -> list[Line] | None:
    """Return lines and what else is read at the edges; None where that is nothing."""
    found = list(lines)
    for edge in EDGES:
        read = [_placed(line, edge) for line in ocr.read(_part(pixels, edge))]
        found += [line for line in read if _is_new(line, edge, lines)]
    return found if len(found) > len(lines) else None


def _part(pixels: Pixels, edge: BBox) -> Pixels:
    height, width = pixels.shape[:2]
    rows = slice(round(edge.y0 * height), round(edge.y1 * height))
    return np.ascontiguousarray(pixels[rows, round(edge.x0 * width) : round(edge.x1 * width)])


def _placed(line: OcrLine, edge: BBox) -> Line:
    return Line(text=line.text, bbox=line.bbox.within(edge), confidence=line.confidence)


def _is_new(line: Line, edge: BBox, known: Sequence[Line]) -> bool:
    """Whether a line was read well, ends within the edge, and stands where none was found."""
    box = line.bbox
    is_cut = box.x1 > edge.x1 - _CUT and edge.x1 < 1
    is_cut = is_cut or (box.y0 < edge.y0 + _CUT and edge.y0 > 0)
    is_sure = (line.confidence or 0) >= LEAST_SCORE and not is_cut
    return is_sure and not any(_overlap(box, other.bbox) for other in known)


def _overlap(one: BBox, other: BBox) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    return across > 0 and min(one.y1, other.y1) > max(one.y0, other.y0)
