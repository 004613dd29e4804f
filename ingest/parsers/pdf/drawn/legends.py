"""Keys of charts: small samples of a colour or a line, each with its name to the right. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import (
    Rect,
    area,
    around,
    grown,
    intersection,
    share_inside,
)
from ingest.parsers.pdf.letters.runs import Piece

REACH_PT: Final = 45.0
"""How far from its chart an entry may stand: three lines below the names of an axis."""

SAMPLE_WIDTH_PT: Final = (5.0, 36.0)
"""A narrower mark is a list's dot."""

SAMPLE_HEIGHT_PT: Final = 14.0
GAP_PT: Final = 10.0
NAME_CHARS: Final = 40


def with_keys(boxes: Sequence[Rect], drawings: Drawings, pieces: Sequence[Piece]) -> list[Rect]:
    """Return the boxes of figures, drawn charts widened by the key below, above or beside them.

    A key has two entries or more; each belongs to the chart that is nearest to it. Pictures stay:
    what stands beside one may be a form's.
    """
    charts = [box for box in boxes if not any(intersection(p, box) for p in drawings.pictures)]
    near: defaultdict[Rect, list[Rect]] = defaultdict(list)
    entries = _entries(drawings, pieces) if charts else []
    charts = [box for box in charts if not _is_key(box, entries)] or charts
    for entry in entries:
        gap, box = min((_gap(entry, box), box) for box in charts)
        if gap <= REACH_PT:
            near[box].append(entry)
    return [around([box, *near[box]]) if len(near[box]) > 1 else box for box in boxes]


def _is_key(box: Rect, entries: Sequence[Rect]) -> bool:
    """Whether a box is the frame of a key alone: entries fill most of it."""
    inside = [entry for entry in entries if share_inside(entry, grown(box, 3.0)) > 0.9]
    return len(inside) > 1 and area(around(inside)) > 0.6 * area(box)


def _entries(drawings: Drawings, pieces: Sequence[Piece]) -> list[Rect]:
    """Return the boxes around each sample and its name."""
    drawn = (*drawings.boxes, *drawings.shapes, *drawings.horizontal)
    samples = [rect for rect in drawn if _is_sample(rect)]
    names = [piece.rect for piece in pieces if len(piece.text) <= NAME_CHARS]
    return [
        around([sample, name]) for sample in samples for name in names if _is_named(sample, name)
    ]


def _is_sample(rect: Rect) -> bool:
    least, most = SAMPLE_WIDTH_PT
    return least <= rect[2] - rect[0] <= most and rect[3] - rect[1] <= SAMPLE_HEIGHT_PT


def _is_named(sample: Rect, name: Rect) -> bool:
    """Whether a name stands right of a sample, at its height."""
    middle = (sample[1] + sample[3]) / 2
    return 0 <= name[0] - sample[2] <= GAP_PT and name[1] <= middle <= name[3]


def _gap(entry: Rect, box: Rect) -> float:
    """Return the points between them; infinite where they are apart both ways."""
    across = max(0.0, box[0] - entry[2], entry[0] - box[2])
    down = max(0.0, box[1] - entry[3], entry[1] - box[3])
    return math.inf if across and down else max(across, down)
