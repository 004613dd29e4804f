"""Bars: rectangles of one thickness that stand on a line, beside or on each other, and values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.charts.axes import Scale
from ingest.charts.ink import Box, Colour, Fill, Ink, Stroke, around, holds, middle_of, size_of
from ingest.charts.numbers import amount, written
from ingest.charts.table import NoChartError, UnreadableChartError
from ingest.layout.layout import grouped


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
    """Return the scales without those of numbers that stand in or behind bars: chance fits."""
    if bars is None:
        return list(scales)
    by = (1.5 * em, 0.0) if bars.along == 0 else (0.0, 1.5 * em)
    boxes = [
        (x0 - by[0], y0 - by[1], x1 + by[0], y1 + by[1])
        for x0, y0, x1, y1 in (bar.box for bar in bars.all)
    ]
    return [
        scale
        for scale in scales
        if 2 * sum(any(holds(box, x.middle) for box in boxes) for x in scale.labels)
        < len(scale.labels)
    ]


def _rectangles(ink: Ink, taken: Sequence[Stroke | Fill]) -> list[tuple[Box, Colour]]:
    """Return the boxes of filled rectangles and of thick lines; of two on one place the later."""
    gone = set(map(id, taken))
    fills = [f for f in ink.fills if f.is_rectangle and id(f) not in gone]
    fills = [f for f in fills if not f.is_white or f.outlined]
    found = [(f.box, f.colour) for f in fills if not _is_ground(f, fills)]
    for stroke in ink.strokes:
        if len(stroke.points) == 2 and stroke.width > 0.4 * ink.em and id(stroke) not in gone:
            (x0, y0, x1, y1), by = stroke.box, stroke.width / 2
            level = (x0, y0 - by, x1, y1 + by)
            box = level if stroke.is_level else (x0 - by, y0, x1 + by, y1)
            found.append((box, stroke.colour))
    last = {tuple(round(side, 1) for side in box): (box, colour) for box, colour in found}
    return list(last.values())


def _is_ground(fill: Fill, fills: Sequence[Fill]) -> bool:
    """Whether a rectangle lies behind others: a panel, a band."""

    def area(box: Box) -> float:
        return (box[2] - box[0]) * (box[3] - box[1])

    inside = sum(
        other is not fill
        and area(other.box) < 0.7 * area(fill.box)
        and holds(fill.box, other.box[:2], margin=0.5)
        and holds(fill.box, other.box[2:], margin=0.5)
        for other in fills
    )
    return inside > (0 if min(fill.colour) > 215 else 1)


def _along(
    boxes: Sequence[tuple[Box, Colour]], scale: Scale | None, along: int, ink: Ink
) -> Bars | None:
    em, across = ink.em, 1 - along
    bars = [
        Bar(
            colour=colour,
            box=box,
            low=box[along],
            high=box[along + 2],
            middle=middle_of(box)[across],
            thick=size_of(box)[across],
        )
        for box, colour in boxes
    ]
    bars = [bar for bar in bars if bar.thick > 0.15 * em and bar.high - bar.low < 1e4]
    thick = _usual([bar.thick for bar in bars], 2 * ink.blur)
    slack = min(4 * ink.blur, 0.3 * thick)  # an outline is read as a part of it or not
    bars = [bar for bar in bars if thick / 1.06 - slack <= bar.thick <= thick * 1.06 + slack]
    if len(bars) < 2:
        return None
    columns = grouped(
        sorted(bars, key=lambda bar: (bar.middle, bar.low)),
        lambda column, bar: bar.middle - column[0].middle < 0.3 * bar.thick,
    )
    base = _zero(columns, scale, em) or _base(columns, em)
    grounded = [c for c in columns if any(_touches(bar, base, em) for bar in c)]
    if len(columns) < 2 or len(grounded) < 0.6 * len(columns):
        return None
    if len({round(bar.high - bar.low, 1) for bar in bars}) < min(3, len(bars)):
        return None
    return Bars(along=along, base=base, columns=tuple(map(tuple, grounded)))


def _usual(sizes: Sequence[float], slack: float) -> float:
    """Return the size that most share, but for `slack`."""
    counts = {
        size: sum(size / 1.03 - slack <= one <= size * 1.03 + slack for one in sizes)
        for size in sizes
    }
    return max(counts, key=lambda size: (counts[size], size), default=0.0)


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
    counts: Counter[int] = Counter()
    places: defaultdict[int, list[float]] = defaultdict(list)
    unit = max(0.1 * em, 0.5)
    for column in columns:
        ends = {side for bar in column for side in (bar.low, bar.high)}
        for end in ends:
            places[round(end / unit)].append(end)
        counts.update({round(end / unit) for end in ends})
    best = max(counts, key=lambda n: counts[n] + counts[n + 1] / 2 + counts[n - 1] / 2)
    return median(places[best])


def _touches(bar: Bar, base: float, em: float) -> bool:
    return min(abs(bar.low - base), abs(bar.high - base)) < 0.25 * em


def value_of(bar: Bar, bars: Bars, scale: Scale, em: float) -> float:
    """Return the value of a bar: its end's, or its length's where it stands on another.

    Raises UnreadableChartError where it stands on nothing.
    """
    if _touches(bar, bars.base, em):
        low_is_base = abs(bar.low - bars.base) < abs(bar.high - bars.base)
        from_zero = scale.kind == "linear" and abs(scale.place(0.0) - bars.base) < 0.6 * em
        zero = scale.value(bars.base) if from_zero else 0.0
        return scale.value(bar.high if low_is_base else bar.low) - zero
    if len(next(column for column in bars.columns if bar in column)) == 1:
        raise UnreadableChartError("a bar stands on nothing")
    length = abs(scale.value(bar.high) - scale.value(bar.low))
    beyond = scale.value(middle_of(bar.box)[bars.along]) < scale.value(bars.base)
    return -length if beyond else length


_MIN_PRINTED = 3
_MIN_FITTING = 0.65
_AGREE = 0.02
"""Values fit the lengths of bars that differ by less, in parts of the longest."""


def values_printed(bars: Bars, printed: Mapping[int, str]) -> tuple[dict[int, str], str, list[str]]:
    """Return the values of bars without an axis, if those that are printed fit their lengths.

    Bars without a value, or with one that does not fit, are read by the others' lengths; then
    follows how far these may be off, else "". Where each bar has a value, and more of them do not
    fit, all stand as they are printed, with a warning.
    """
    lengths = {id(bar): bar.high - bar.low for bar in bars.all}
    numbers = {key: abs(found.value) for key in lengths if (found := amount(printed.get(key, "")))}
    if len(numbers) < max(_MIN_PRINTED, len(lengths) / 2):
        is_chart = 2 * len(numbers) > len(lengths) or _are_as_long(numbers, lengths)
        kind = UnreadableChartError if is_chart else NoChartError  # boxes look so, too
        what = "it has no axis, and values are not printed at all its bars"
        raise kind(what, lacking="numbers")
    if len(set(numbers.values())) == 1:
        raise UnreadableChartError("it has no axis, and its printed values are all the same")
    decimals = (text.partition(".")[2].rstrip("%") for text in printed.values())
    last_place = 10.0 ** -max(map(len, decimals))
    unit = median(lengths[key] / value for key, value in numbers.items() if value > 0)
    off = _AGREE * max(lengths.values()) + 0.75 * unit * last_place
    fits = {key for key, value in numbers.items() if abs(lengths[key] - unit * value) < off}
    if len(fits) < 0.85 * len(numbers):
        not_as_long = "bars are not as long as is printed"
        if len(numbers) < len(lengths) or len(fits) < _MIN_FITTING * len(numbers):
            raise UnreadableChartError(f"it has no axis, and its {not_as_long}")
        return dict(printed), "", [f"some of its {not_as_long}"]
    within, like = 0.5 * last_place, amount(next(iter(printed.values())))
    values = {
        key: printed[key] if key in fits else written(long / unit, within=within, like=like)
        for key, long in lengths.items()
    }
    is_whole = len(fits) == len(values)
    return values, "" if is_whole else written(off / unit, within=within, like=like), []


def _are_as_long(numbers: Mapping[int, float], lengths: Mapping[int, float]) -> bool:
    """Whether numbers in bars are as large as these are long, which boxes of a drawing are not."""
    known = {key: value for key, value in numbers.items() if value > 0}
    if len(set(known.values())) < _MIN_PRINTED:
        return False
    unit = median(lengths[key] / value for key, value in known.items())
    off = _AGREE * max(lengths[key] for key in known)
    fits = [abs(lengths[key] - unit * value) < off for key, value in known.items()]
    return sum(fits) >= max(_MIN_PRINTED, _MIN_FITTING * len(fits))
