"""How far a chart reaches beyond its marks: its plot's ground and the ticks of its axes. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from ingest.parsers.pdf.drawn.strokes import Paths
from ingest.parsers.pdf.letters.geometry import Rect, area, around, contains, grown, share_inside
from ingest.parsers.pdf.letters.runs import Piece

_TICK: Final = re.compile(
    r"[($€£¥\u2212\u2013-]{0,2}\s?(?:[\d.,\s]{1,12}|\d+e\d+)\s?[kKMBbn%)]{0,3}"
)
_LARGEST: Final = 5.0
"""A plot is at most so many times as large as the marks in it."""

_BESIDE_PT: Final = 45.0


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
    beside = [
        piece
        for piece in pieces
        if plot[0] - _BESIDE_PT < piece.rect[2] < plot[0] + 1
        and plot[1] - 20 < piece.rect[1] < plot[3] + 20
        and _TICK.fullmatch(piece.text)
    ]
    edges = [Counter(round(piece.rect[side]) for piece in beside) for side in (0, 2)]
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
        near = [t for t in ticks if rect[0] - _BESIDE_PT < t[edge] < rect[2] + _BESIDE_PT]
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
        down = stroke.is_upright and reach[0] <= x0 <= reach[2] and _crosses(y0, y1, reach)
        if across or (down and y1 - y0 < 2 * (rect[3] - rect[1])):
            boxes.append(stroke.box)
    return around(boxes)


def _is_grid(rule: Rect, reach: Rect) -> bool:
    """Whether a rule runs through the marks, and on beyond them."""
    wide = rule[2] - rule[0] < 1.6 * (reach[2] - reach[0])
    return wide and rule[0] <= reach[0] and reach[2] <= rule[2] and reach[1] <= rule[1] <= reach[3]


def _crosses(y0: float, y1: float, reach: Rect) -> bool:
    return y0 <= reach[3] and y1 >= reach[1]
