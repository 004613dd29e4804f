"""What stands around the marks of charts and maps: frames, keys, grounds and ticks of axes. Pure.

A frame are rules that meet, or the ground that is painted below. What stands outside of its frame
is none of a chart's lettering, however near: a table's cells, the ticks of the next chart. The
frame of a plot alone is no such frame: its ticks stand outside.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from ingest.parsers.pdf.drawn.drawings import Drawings, Paths
from ingest.parsers.pdf.letters.geometry import (
    Rect,
    area,
    around,
    contains,
    grown,
    intersection,
    share_inside,
)
from ingest.parsers.pdf.letters.words import Piece

_TICK: Final = re.compile(
    r"[($€£¥\u2212\u2013-]{0,2}\s?(?:[\d.,\s]{1,12}|\d+e\d+)\s?[kKMBbn%)]{0,3}"
)
_LARGEST: Final = 5.0
"""A plot is at most so many times as large as the marks in it."""

_NEAR_PT: Final = 45.0


def with_axes(
    rect: Rect, paths: Paths, pieces: Sequence[Piece], holds_prose: Callable[[Rect], bool]
) -> Rect:
    """Widen the box of a chart's marks to its plot and the tick labels of its axis."""
    if not paths.fills and not paths.strokes:
        return rect
    for widened in (_ground(rect, paths, pieces), _lined(rect, paths)):
        wider = around([rect, widened])
        rect = rect if holds_prose(wider) else wider
    wider = _ticked(rect, pieces)
    return rect if holds_prose(wider) else wider


def may_be_read(area: Rect, pieces: Sequence[Piece]) -> bool:
    """Whether numbers stand at what may be a chart, or it is as round as a pie."""
    reach = (area[0] - 110, area[1] - 60, area[2] + 60, area[3] + 60)
    near = (p for p in pieces if share_inside(p.rect, reach) > 0.5 and _TICK.fullmatch(p.text))
    width, height = area[2] - area[0], area[3] - area[1]
    is_round = min(width, height) > 50 and abs(width / height - 1) < 0.15
    return is_round or sum(1 for _ in near) > 2


def _ground(rect: Rect, paths: Paths, pieces: Sequence[Piece]) -> Rect:
    """Return the least rectangle drawn behind the marks, the box itself where there is none.

    One that is far larger is the plot's if tick labels stand left of it.
    """
    inner = grown(rect, -3.0)
    grounds = [
        fill.box
        for fill in paths.fills
        if fill.is_rectangle
        and contains(fill.box, inner)
        and (
            area(fill.box) < _LARGEST * area(rect)
            or (area(fill.box) < _LARGEST**2 * area(rect) and has_ticks(fill.box, pieces))
        )
    ]
    return min(grounds, key=area, default=rect)


def has_ticks(plot: Rect, pieces: Sequence[Piece]) -> bool:
    """Whether three numbers or more stand left of a plot, and end on one line, or begin there."""
    nearby = [
        piece
        for piece in pieces
        if plot[0] - _NEAR_PT < piece.rect[2] < plot[0] + 1
        and plot[1] - 20 < piece.rect[1] < plot[3] + 20
        and _TICK.fullmatch(piece.text)
    ]
    edges = [Counter(round(piece.rect[side]) for piece in nearby) for side in (0, 2)]
    return any(count[x] + count[x + 1] > 2 for count in edges for x in list(count))


def _ticked(rect: Rect, pieces: Sequence[Piece]) -> Rect:
    """Return the box with all labels of the axes of which some stand beside it, or below."""
    ticks = [piece.rect for piece in pieces if piece.angle == 0 and _TICK.fullmatch(piece.text)]
    boxes = [rect]
    for lane in _lanes(ticks, rect):
        boxes += _evenly(lane, rect, along=1)
    below = [
        t
        for t in ticks
        if rect[3] - 2 < t[1] < rect[3] + 30 and rect[0] - 60 < t[2] and t[0] < rect[2] + 60
    ]
    for tick in below:
        row = [other for other in below if abs(other[3] - tick[3]) < 1.5]
        if len(row) > 3 and row[0] is tick:
            boxes += _evenly(sorted(row), rect, along=0)
    return around(boxes)


def _lanes(ticks: Sequence[Rect], rect: Rect) -> Iterator[list[Rect]]:
    """Yield numbers below each other, beside the box: they end, or begin, on one line."""
    for edge in (2, 0):
        near = [t for t in ticks if rect[0] - _NEAR_PT < t[edge] < rect[2] + _NEAR_PT]
        for tick in near:
            lane = [t for t in near if abs(t[edge] - tick[edge]) < 1.5]
            outside = tick[2] < rect[0] + 25 or tick[0] > rect[2] - 25
            if len(lane) > 2 and outside and lane[0] is tick:
                yield sorted(lane, key=lambda t: t[1])


def _evenly(lane: Sequence[Rect], rect: Rect, *, along: int) -> list[Rect]:
    """Return the run of evenly spaced labels of a lane that reaches the box."""
    middles = [(t[along] + t[along + 2]) / 2 for t in lane]
    gaps = [b - a for a, b in pairwise(middles)]
    reach = 1.2 * median(gaps)
    inside = [
        n for n, at in enumerate(middles) if rect[along] - reach < at < rect[along + 2] + reach
    ]
    if len(inside) < 2:
        return []
    first, last = inside[0], inside[-1]
    pitch = median(gaps[first:last])
    while first > 0 and abs(gaps[first - 1] - pitch) < 0.05 * pitch + 0.5:
        first -= 1
    while last < len(gaps) and abs(gaps[last] - pitch) < 0.05 * pitch + 0.5:
        last += 1
    return list(lane[first : last + 1])


def _lined(rect: Rect, paths: Paths) -> Rect:
    """Return the box with the rules that end at its sides: axes, and the ticks on them."""
    reach = grown(rect, 4.0)
    grid = [s.box for s in paths.strokes if s.is_level and _is_grid(s.box, reach)]
    boxes = [rect, *grid] if len({(round(g[0]), round(g[2])) for g in grid}) == 1 else [rect]
    for stroke in paths.strokes:
        x0, y0, x1, y1 = stroke.box
        across = (
            stroke.is_level and reach[1] <= y0 <= reach[3] and reach[0] <= x0 and x1 <= reach[2]
        )
        down = (
            stroke.is_upright and reach[0] <= x0 <= reach[2] and y0 <= reach[3] and y1 >= reach[1]
        )
        if across or (down and y1 - y0 < 2 * (rect[3] - rect[1])):
            boxes.append(stroke.box)
    return around(boxes)


def _is_grid(rule: Rect, reach: Rect) -> bool:
    wide = rule[2] - rule[0] < 1.6 * (reach[2] - reach[0])
    return wide and rule[0] <= reach[0] and reach[2] <= rule[2] and reach[1] <= rule[1] <= reach[3]


_MEET_PT: Final = 3.0
"""Rules whose ends are as near meet in a corner; marks as near to a ground's edge touch it."""


def frames_of(
    charts: Sequence[Rect], drawings: Drawings, paths: Paths, pieces: Sequence[Piece]
) -> dict[Rect, Rect]:
    """Return the frame of each chart that has one, by the box of the chart's marks.

    The least in which the ticks of its axis stand.
    """
    frames = {}
    for marks in charts:
        grounds = (f.box for f in paths.fills if f.is_rectangle and contains(f.box, marks))
        boxes = sorted([*_closed(marks, drawings), *grounds], key=area)
        with_ticks = (box for box in boxes if has_ticks(marks, pieces_in(box, pieces)))
        frame = next(with_ticks, None)
        if frame is not None:
            frames[marks] = frame
    return frames


def frame_around(box: Rect, frames: Collection[Rect]) -> Rect | None:
    """Return the least of the frames that holds a box."""
    holding = [frame for frame in frames if contains(grown(frame, _MEET_PT), box)]
    return min(holding, key=area, default=None)


def pieces_in(frame: Rect | None, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return the pieces that stand in a frame; all, where there is none."""
    if frame is None:
        return pieces
    return [piece for piece in pieces if share_inside(piece.rect, frame) > 0.5]


def _closed(box: Rect, drawings: Drawings) -> Iterator[Rect]:
    """Yield the rectangles around a box whose four sides are drawn."""
    x0, y0, x1, y1 = box
    sides = [r for r in drawings.vertical if r[1] <= y0 and y1 <= r[3]]
    levels = [r for r in drawings.horizontal if r[0] <= x0 and x1 <= r[2]]
    above = [rule for rule in levels if rule[1] <= y0]
    below = [rule for rule in levels if rule[3] >= y1]
    for left in (side for side in sides if side[0] <= x0):
        for right in (side for side in sides if side[2] >= x1):
            frame = around([left, right])
            are_level = max(abs(left[1] - right[1]), abs(left[3] - right[3])) <= _MEET_PT
            if are_level and _has_side(frame, 1, above) and _has_side(frame, 3, below):
                yield frame


def _has_side(frame: Rect, edge: int, rules: Sequence[Rect]) -> bool:
    """Whether one of the level rules runs along the upper (1) or lower (3) edge of a frame."""
    return any(
        abs(rule[edge] - frame[edge]) <= _MEET_PT
        and rule[0] <= frame[0] + _MEET_PT
        and frame[2] - _MEET_PT <= rule[2]
        for rule in rules
    )


REACH_PT: Final = 45.0
"""How far from its chart an entry may stand: three lines below the names of an axis."""

SAMPLE_WIDTH_PT: Final = (5.0, 36.0)
"""A narrower mark is a list's dot."""


def with_keys(boxes: Sequence[Rect], drawings: Drawings, pieces: Sequence[Piece]) -> list[Rect]:
    """Return the boxes of figures, drawn charts widened by the key below, above or beside them.

    A key has two entries or more; each belongs to the chart that is nearest to it. Pictures stay:
    what stands beside one may be a form's.
    """
    charts = [box for box in boxes if not any(intersection(p, box) for p in drawings.pictures)]
    near: defaultdict[Rect, list[Rect]] = defaultdict(list)
    entries = _entries(drawings, pieces) if charts else []
    for entry in entries:
        gap, box = min((_gap(entry, box), box) for box in charts)
        if gap <= REACH_PT:
            near[box].append(entry)
    return [around([box, *near[box]]) if len(near[box]) > 1 else box for box in boxes]


def _entries(drawings: Drawings, pieces: Sequence[Piece]) -> list[Rect]:
    """Return the boxes around each sample and the name right of it, at its height."""
    drawn = (*drawings.boxes, *drawings.shapes, *drawings.horizontal)
    least, most = SAMPLE_WIDTH_PT
    names = [piece.rect for piece in pieces if len(piece.text) <= 40]
    return [
        around([sample, name])
        for sample in drawn
        if least <= sample[2] - sample[0] <= most and sample[3] - sample[1] <= 14.0
        for name in names
        if 0 <= name[0] - sample[2] <= 10.0 and name[1] <= (sample[1] + sample[3]) / 2 <= name[3]
    ]


def _gap(entry: Rect, box: Rect) -> float:
    across = max(0.0, box[0] - entry[2], entry[0] - box[2])
    down = max(0.0, box[1] - entry[3], entry[1] - box[3])
    return math.inf if across and down else max(across, down)
