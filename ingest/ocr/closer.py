"""Words of a chart that are too small to be found at first, looked for once more.

Where bars are seen that have neither an axis nor values, the edges are read again, enlarged: small
numbers are missed more often than misread, single digits most. Where names lack, all of it is read
again in parts.
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

QUARTERS: Final = (
    BBox(x0=0.0, y0=0.0, x1=0.55, y1=0.55),
    BBox(x0=0.45, y0=0.0, x1=1.0, y1=0.55),
    BBox(x0=0.0, y0=0.45, x1=0.55, y1=1.0),
    BBox(x0=0.45, y0=0.45, x1=1.0, y1=1.0),
)
"""All of a picture: names of series stand anywhere."""

MIN_SCORE: Final = 0.6
_EDGE: Final = 0.25
_CUT: Final = 0.01
"""What ends so near the inner side of an edge may be cut off by it."""


def closer_lines(
    pixels: Pixels, lines: Sequence[Line], ocr: Ocr, parts: Sequence[BBox]
) -> list[Line] | None:
    """Return lines and what else is read in parts of a picture; None where that is nothing.

    What was read of a word alone gives way to the whole word.
    """
    found = list(lines)
    for part in parts:
        known = list(found)
        for line in (_placed(one, part) for one in ocr.read(_part(pixels, part))):
            others = [other for other in known if _overlap(line.bbox, other.bbox)]
            if _is_sure(line, part) and all(_is_piece(other, line) for other in others):
                found = [*(one for one in found if one not in others), line]
    return found if found != list(lines) else None


def _part(pixels: Pixels, edge: BBox) -> Pixels:
    height, width = pixels.shape[:2]
    rows = slice(round(edge.y0 * height), round(edge.y1 * height))
    return np.ascontiguousarray(pixels[rows, round(edge.x0 * width) : round(edge.x1 * width)])


def _placed(line: OcrLine, edge: BBox) -> Line:
    return Line(text=line.text, bbox=line.bbox.within(edge), confidence=line.confidence)


def _is_sure(line: Line, part: BBox) -> bool:
    """Whether a line was read well and ends within the part."""
    box = line.bbox
    is_cut = (
        (box.x0 < part.x0 + _CUT and part.x0 > 0)
        or (box.y0 < part.y0 + _CUT and part.y0 > 0)
        or (box.x1 > part.x1 - _CUT and part.x1 < 1)
        or (box.y1 > part.y1 - _CUT and part.y1 < 1)
    )
    return (line.confidence or 0) >= MIN_SCORE and not is_cut


def _is_piece(line: Line, whole: Line) -> bool:
    """Whether a line is a part of another one's words."""
    return line.text in whole.text and len(line.text) < len(whole.text)


def _overlap(one: BBox, other: BBox) -> bool:
    """Whether boxes share more than an edge: boxes of lines below each other may touch."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > 0 and down > _EDGE * min(one.y1 - one.y0, other.y1 - other.y0)
