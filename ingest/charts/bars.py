"""Bars: rectangles of one thickness that stand on a line, beside or on each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Ink,
    Stroke,
    area_of,
    around,
    holds,
    middle_of,
    size_of,
)
from ingest.charts.scale import Scale
from ingest.charts.table import UnreadableChartError
from ingest.layout.layout import grouped

_THICKEST: Final = 1.06
"""Bars are as thick as each other, but for rounding."""

_OUTLINE: Final = 4.0
"""In blurs of a picture: what an outline, read as a part of the bar or not, makes bars differ."""

_THIN: Final = 0.3
"""In parts of their thickness: no bars differ by more."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`low` to `high` along the values, `middle` and `thick` across them."""

    colour: Colour
    box: Box
    low: float
    high: float
    middle: float
    thick: float


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Bars that grow along x (0) or y (1) from the place `base`; columns lie side by side."""

    along: int
    base: float
    columns: tuple[tuple[Bar, ...], ...]

    @property
    def all(self) -> list[Bar]:
        return [bar for column in self.columns for bar in column]

    @property
    def box(self) -> Box:
        return around([bar.box for bar in self.all])


def find_bars(ink: Ink, taken: Sequence[Stroke | Fill], scales: Sequence[Scale]) -> Bars | None:
    """Return the bars of a chart; None where it has none. `taken` are the legend's samples."""
    boxes = _rectangles(ink, taken)
    known = {scale.along: scale for scale in scales}
    found = [bars for along in (1, 0) if (bars := _along(boxes, known.get(along), along, ink))]
    return max(
        found, key=lambda bars: len(bars.all) * (2 if bars.along in known else 1), default=None
    )


def not_of_values(scales: Sequence[Scale], bars: Bars | None, em: float) -> list[Scale]:
    """Return the scales without those of numbers that stand in bars: values fit by chance."""
    if bars is None:
        return list(scales)
    boxes = [_reached(bar.box, bars.along, em) for bar in bars.all]
    return [
        scale
        for scale in scales
        if 2 * sum(any(holds(box, x.middle) for box in boxes) for x in scale.labels)
        < len(scale.labels)
    ]


def _reached(box: Box, along: int, em: float) -> Box:
    """Return the box of a bar with the room behind its end, where its value may stand."""
    by = 1.5 * em
    x0, y0, x1, y1 = box
    return (x0 - by, y0, x1 + by, y1) if along == 0 else (x0, y0 - by, x1, y1 + by)


def _rectangles(ink: Ink, taken: Sequence[Stroke | Fill]) -> list[tuple[Box, Colour]]:
    gone = set(map(id, taken))
    fills = [f for f in ink.fills if f.is_rectangle and id(f) not in gone]
    fills = [f for f in fills if not f.is_white or f.outlined]
    found = [(f.box, f.colour) for f in fills if not _is_ground(f, fills)]
    thick = [s for s in ink.strokes if len(s.points) == 2 and s.width > 0.4 * ink.em]
    found += [(_widened(stroke), stroke.colour) for stroke in thick if id(stroke) not in gone]
    last = {tuple(round(side, 1) for side in box): (box, colour) for box, colour in found}
    return list(last.values())  # of two on one place the later is seen


def _is_ground(fill: Fill, fills: Sequence[Fill]) -> bool:
    """Whether a rectangle lies behind others: a panel, a band."""
    inside = sum(
        other is not fill
        and area_of(other.box) < 0.7 * area_of(fill.box)
        and holds(fill.box, other.box[:2], margin=0.5)
        and holds(fill.box, other.box[2:], margin=0.5)
        for other in fills
    )
    return inside > (0 if min(fill.colour) > 215 else 1)


def _widened(stroke: Stroke) -> Box:
    x0, y0, x1, y1 = stroke.box
    by = stroke.width / 2
    return (x0, y0 - by, x1, y1 + by) if stroke.is_level else (x0 - by, y0, x1 + by, y1)


def _along(
    boxes: Sequence[tuple[Box, Colour]], scale: Scale | None, along: int, ink: Ink
) -> Bars | None:
    bars = [_bar(box, colour, along) for box, colour in boxes]
    em = ink.em
    bars = [bar for bar in bars if bar.thick > 0.15 * em and bar.high - bar.low < 1e4]
    thick = _usual([bar.thick for bar in bars], 2 * ink.blur)
    slack = min(_OUTLINE * ink.blur, _THIN * thick)
    least, most = thick / _THICKEST - slack, thick * _THICKEST + slack
    bars = [bar for bar in bars if least <= bar.thick <= most]
    if len(bars) < 2:
        return None
    columns = _columns(bars)
    base = _zero(columns, scale, em) or _base(columns, em)
    grounded = [c for c in columns if any(_touches(bar, base, em) for bar in c)]
    if len(columns) < 2 or len(grounded) < 0.6 * len(columns):
        return None
    if len({round(bar.high - bar.low, 1) for bar in bars}) < min(3, len(bars)):
        return None
    return Bars(along=along, base=base, columns=tuple(map(tuple, grounded)))


def _bar(box: Box, colour: Colour, along: int) -> Bar:
    across = 1 - along
    return Bar(
        colour=colour,
        box=box,
        low=box[along],
        high=box[along + 2],
        middle=middle_of(box)[across],
        thick=size_of(box)[across],
    )


def _usual(sizes: Sequence[float], slack: float) -> float:
    """Return the size that most share, but for `slack`."""
    counts = {
        size: sum(size / 1.03 - slack <= one <= size * 1.03 + slack for one in sizes)
        for size in sizes
    }
    return max(counts, key=lambda size: (counts[size], size), default=0.0)


def _columns(bars: Sequence[Bar]) -> list[list[Bar]]:
    ordered = sorted(bars, key=lambda bar: (bar.middle, bar.low))
    return grouped(ordered, lambda column, bar: bar.middle - column[0].middle < 0.3 * bar.thick)


def _zero(columns: Sequence[Sequence[Bar]], scale: Scale | None, em: float) -> float | None:
    """Return where a scale has its zero, if most columns begin or end there."""
    if scale is None or scale.kind != "linear":
        return None
    zero = scale.place(0.0)
    ends = [end for column in columns for bar in column for end in (bar.low, bar.high)]
    near = [end for end in ends if abs(end - zero) < 0.25 * em]
    grounded = sum(any(_touches(bar, zero, em) for bar in column) for column in columns)
    return median(near) if grounded >= 0.6 * len(columns) else None


def _base(columns: Sequence[Sequence[Bar]], em: float) -> float:
    """Return where most columns begin: the end that they share."""
    ends: Counter[int] = Counter()
    places: defaultdict[int, list[float]] = defaultdict(list)
    unit = max(0.1 * em, 0.5)
    for column in columns:
        for end in {side for bar in column for side in (bar.low, bar.high)}:
            places[round(end / unit)].append(end)
        ends.update({round(side / unit) for bar in column for side in (bar.low, bar.high)})
    best = max(ends, key=lambda key: ends[key] + ends[key + 1] / 2 + ends[key - 1] / 2)
    return median(places[best])


def _touches(bar: Bar, base: float, em: float) -> bool:
    return min(abs(bar.low - base), abs(bar.high - base)) < 0.25 * em


def value_of(bar: Bar, bars: Bars, scale: Scale, em: float) -> float:
    """Return the value of a bar: its end's, or its length's where it stands on another.

    Raises UnreadableChartError where it stands on nothing.
    """
    column = next(column for column in bars.columns if bar in column)
    from_zero = scale.kind == "linear" and abs(scale.place(0.0) - bars.base) < 0.6 * em
    if _touches(bar, bars.base, em):
        low_is_base = abs(bar.low - bars.base) < abs(bar.high - bars.base)
        zero = scale.value(bars.base) if from_zero else 0.0
        return scale.value(bar.high if low_is_base else bar.low) - zero
    if len(column) == 1:
        raise UnreadableChartError("a bar stands on nothing")
    length = abs(scale.value(bar.high) - scale.value(bar.low))
    beyond = scale.value(middle_of(bar.box)[bars.along]) < scale.value(bars.base)
    return -length if beyond else length
