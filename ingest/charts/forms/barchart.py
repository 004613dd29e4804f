"""A bar chart as series by category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np

from ingest.charts.bars import Bar, Bars, value_of
from ingest.charts.categories import (
    are_totals,
    axis_title,
    blocks_of,
    names_at,
    names_in_groups,
    names_left,
    parted,
    unused,
)
from ingest.charts.forms.printed_bars import by_print
from ingest.charts.ink import Colour, Ink, Label, alike, around, paired, size_of
from ingest.charts.legend import Legend
from ingest.charts.numbers import Amount, amount, written, written_day
from ingest.charts.scale import MAX_OFF, Scale
from ingest.charts.table import (
    NO_TITLE,
    NO_VALUE,
    SERIES_UNNAMED,
    Chart,
    LostWordsError,
    Series,
    UnreadableChartError,
    by_category,
)
from ingest.layout.layout import grouped

MAX_UNNAMED: Final = 4
"""More series whose names are not known tell nothing."""

_MIN_PRINTED_SHARE: Final = 0.9

_AGREE: Final = 0.02
_REACH_EM: Final = 0.6
_APART: Final = 1.15
_CLOSELY: Final = 1.3
"""Bars of a group are apart by less than this, in parts of their thickness, or of the least gap."""

_ASIDE_EM: Final = 14.0
"""How far from a stack the middle of its parts' names may be."""

_LEVEL_EM: Final = 0.6

_LINE_SHARE: Final = 0.9
"""A line that bars stand on is as long as they are together, but for this."""


def bar_chart(ink: Ink, bars: Bars, legend: Legend, scales: Sequence[Scale]) -> Chart:
    """Return bars as a table. Raises UnreadableChartError."""
    scale = _scale_of(bars, scales, ink.em)
    bars = bars if scale else _without_tracks(ink, bars, legend)
    other = next(
        (s for s in scales if s.along != bars.along and _is_outside(s, bars, ink.em)), None
    )
    taken = [label for s in (scale, other) if s for label in s.labels]
    printed = _printed(ink, bars, unused(ink, taken, legend.labels))
    values, within, warnings = _values(ink, bars, scale, printed)
    labels = unused(ink, scale.labels if scale else (), legend.labels, list(printed.values()))
    names = _names(ink, bars, other, labels)
    named = {} if legend.names else _names_of_colours(bars, labels, ink.em)
    title = (axis_title(ink, bars.along, bars.box) if scale else "") or NO_TITLE
    series = _series(bars, names, values, legend=legend, named=named, title=title)
    if len(series) > 1 and any(one.name.startswith("Series ") for one in series):
        if len(series) > MAX_UNNAMED:
            raise LostWordsError(SERIES_UNNAMED)
        warnings.append(SERIES_UNNAMED)
    if bars.along == 1 and (left := names_left(names, labels, ink.em)):
        warnings.append(f"{NO_VALUE}{', '.join(left)}")
    head = axis_title(ink, 1 - bars.along, bars.box)
    grid = by_category(head, series)
    return Chart(kind="bar chart", grid=grid, within=within, warnings=warnings)


def _without_tracks(ink: Ink, bars: Bars, legend: Legend) -> Bars:
    """Return bars without a colour that only fills up: it has neither values nor a name."""
    printed = _printed(ink, bars, unused(ink, legend.labels))
    value_colours = [bar.colour for bar in bars.all if id(bar) in printed]
    named = [colour for colour, _ in legend.names]
    kept = [
        tuple(
            bar for bar in column if any(alike(bar.colour, one) for one in (*value_colours, *named))
        )
        for column in bars.columns
    ]
    count = sum(map(len, kept))
    is_sure = all(kept) and len(value_colours) >= _MIN_PRINTED_SHARE * count
    return replace(bars, columns=tuple(kept)) if is_sure else bars


def _scale_of(bars: Bars, scales: Sequence[Scale], em: float) -> Scale | None:
    """Return the scale that bars stand by: of two it is that whose zero is where they begin.

    Raises UnreadableChartError where both have their zero there, and differ.
    """
    found = [s for s in scales if s.along == bars.along and _is_outside(s, bars, em)]
    own = (
        [s for s in found if abs(s.place(0.0) - bars.base) < 0.4 * em] if len(found) > 1 else found
    )
    own = own or found
    if len(own) > 1 and any(abs(s.slope / own[0].slope - 1) > 0.01 for s in own):
        raise UnreadableChartError("it has two scales, and its bars may be of either")
    return own[0] if own else None


def _is_outside(scale: Scale, bars: Bars, em: float) -> bool:
    """Whether the labels of a scale stand beside the bars, as an axis's do, and not among them."""
    across = 1 - scale.along
    low, high = bars.box[across] + 0.3 * em, bars.box[across + 2] - 0.3 * em
    among = sum(low < label.middle[across] < high for label in scale.labels)
    return among == 0


def _floats(ink: Ink, bars: Bars, scale: Scale) -> bool:
    """Whether bars begin amid a scale, where neither its zero nor a line is, as boxes do."""
    reach, (low, high) = _REACH_EM * ink.em, scale.ends
    if abs(scale.place(0.0) - bars.base) < reach or not low + reach < bars.base < high - reach:
        return False
    across = 1 - bars.along
    return not any(
        abs(s.box[bars.along] - bars.base) < reach
        and abs(s.box[bars.along + 2] - bars.base) < reach
        and size_of(s.box)[across] > _LINE_SHARE * size_of(bars.box)[across]
        for s in ink.strokes
    )


def _values(
    ink: Ink, bars: Bars, scale: Scale | None, printed: dict[int, Label]
) -> tuple[dict[int, str], str, list[str]]:
    """Return values as written by a bar's identity, how far they may be off, and warnings."""
    if scale is None:
        return by_print(bars, printed)
    if scale.off > max(0.12 * ink.em, MAX_OFF * abs(scale.ends[1] - scale.ends[0])):
        raise UnreadableChartError("its tick labels do not fit a scale")
    if _floats(ink, bars, scale):
        raise UnreadableChartError("its bars stand on no line")
    values = {id(bar): value_of(bar, bars, scale, ink.em) for bar in bars.all}
    within = scale.within(bars.base, least=ink.min_off)
    if len(printed) >= 0.8 * len(values):
        amounts = {key: amount(label.text) for key, label in printed.items()}
        fits = [
            one is not None and abs(one.value - values[key]) < _AGREE * scale.span + 0.5
            for key, one in amounts.items()
        ]
        if sum(fits) >= 0.9 * len(fits):
            rest = {
                key: written(value, within=within, like=scale.like) for key, value in values.items()
            }
            return rest | {key: label.text for key, label in printed.items()}, "", []
    texts = {key: written(value, within=within, like=scale.like) for key, value in values.items()}
    return texts, scale.within_text(least=ink.min_off), []


def _printed(ink: Ink, bars: Bars, labels: Sequence[Label]) -> dict[int, Label]:
    """Return the number that stands at or in each bar, by the bar's identity."""
    numbers = [label for label in labels if not label.angle and amount(label.text)]
    found = paired(bars.all, numbers, lambda bar, label: _gap(label, bar, bars, ink.em))
    return {id(bar): label for bar, label in found}


def _gap(label: Label, bar: Bar, bars: Bars, em: float) -> float | None:
    """Return how far a label stands from a bar's end or middle; None where it is not at it."""
    along, across = bars.along, 1 - bars.along
    begin, end = label.box[along], label.box[along + 2]
    if abs(label.middle[across] - bar.middle) > 0.5 * bar.thick + 0.15 * em:
        return None
    if bar.low - 0.1 * em < (begin + end) / 2 < bar.high + 0.1 * em:
        return 0.0
    beyond = bars.base - bar.low > bar.high - bars.base
    gap = bar.low - end if beyond else begin - bar.high
    return max(0.0, gap) + 0.01 if -0.5 * em < gap < 1.1 * em else None


def _names(ink: Ink, bars: Bars, other: Scale | None, labels: Sequence[Label]) -> list[str]:
    """Return the name of each column of bars. Raises UnreadableChartError."""
    em, middles = ink.em, [median(bar.middle for bar in column) for column in bars.columns]
    if bars.along == 1:
        labels = parted(labels, _groups(bars, middles, is_seen=ink.blur > 0))
    found = names_at(middles, labels, marks=bars.box, along=bars.along, em=em)
    if found is not None and all(found) and not (bars.along == 0 and are_totals(found)):
        is_distinct = len(set(found)) == len(found) or len(set(_colours_of(bars))) > 1
        groups = names_in_groups(middles, labels, marks=bars.box, em=em) if bars.along else None
        return found if is_distinct else groups or found
    if other is not None and bars.along == 1:
        step = abs(other.slope) * (min(np.diff(middles)) if len(middles) > 1 else 1.0)
        return [_by_scale(other, at, step) for at in middles]
    raise LostWordsError("names of its bars were not found")


def _groups(bars: Bars, middles: Sequence[float], *, is_seen: bool) -> list[float]:
    """Return the middles of columns; of groups of pixels where several colours stand closely."""
    touching = _APART * max(bar.thick for bar in bars.all)
    closest = min((b - a for a, b in pairwise(sorted(middles))), default=0.0)
    has_colours = is_seen and len(set(_colours_of(bars))) > 1
    reach = max(touching, _CLOSELY * closest if has_colours else 0.0)
    groups = grouped(sorted(middles), lambda group, at: at - group[-1] < reach)
    if len(groups) == 1:
        groups = grouped(sorted(middles), lambda group, at: at - group[-1] < touching)
    is_sure = len(groups) == len(middles) or has_colours
    return [(group[0] + group[-1]) / 2 for group in groups] if is_sure else []


def _colours_of(bars: Bars) -> list[Colour]:
    return [bar.colour for bar in bars.all]


def _by_scale(scale: Scale, at: float, step: float) -> str:
    if scale.kind == "date":
        return written_day(scale.value(at))
    like = scale.like or Amount(value=0.0)
    return written(scale.value(at), within=1.0 if step > 0.9 else max(step / 4, 1e-9), like=like)


def _series(
    bars: Bars,
    names: Sequence[str],
    values: dict[int, str],
    *,
    legend: Legend,
    named: dict[Colour, str],
    title: str,
) -> list[Series]:
    """Return a series for each colour; one, the `title`, where no category has two bars."""
    counts = Counter(name for name, column in zip(names, bars.columns, strict=True) for _ in column)
    if max(counts.values()) == 1:
        values_by_name = {
            n: values.get(id(c[0]), "") for n, c in zip(names, bars.columns, strict=True)
        }
        return [Series(name=title, values=values_by_name)]
    colours = _colours(bars, legend)
    made = []
    for number, colour in enumerate(colours, 1):
        own: dict[str, str] = {}
        for name, column in zip(names, bars.columns, strict=True):
            for bar in column:
                if alike(bar.colour, colour):
                    if name in own:
                        raise UnreadableChartError("two bars of one colour have the same name")
                    own[name] = values.get(id(bar), "")
        made.append(
            Series(name=legend.name(colour) or named.get(colour) or f"Series {number}", values=own)
        )
    if len({one.name for one in made}) < len(made):
        raise UnreadableChartError("two of its series have the same name")
    return made


def _colours(bars: Bars, legend: Legend) -> list[Colour]:
    """Return the colours of bars, in the order of the legend where there is one."""
    found = [one for one, _ in legend.names if any(alike(bar.colour, one) for bar in bars.all)]
    found = [c for n, c in enumerate(found) if not any(alike(c, other) for other in found[:n])]
    for bar in bars.all:
        if not any(alike(bar.colour, one) for one in found):
            found.append(bar.colour)
    return found


def _names_of_colours(bars: Bars, labels: Sequence[Label], em: float) -> dict[Colour, str]:
    """Return names of colours; empty where not every one has its own."""
    words = [label for label in labels if not label.angle and not amount(label.text)]
    if bars.along == 0:
        return _above(bars, words, em)
    left, right = bars.columns[0], bars.columns[-1]
    return _aside(right, [x for x in words if x.box[0] > right[0].box[2]], em) or _aside(
        left, [x for x in words if x.box[2] < left[0].box[0]], em
    )


def _above(bars: Bars, labels: Sequence[Label], em: float) -> dict[Colour, str]:
    """Return names of series that stand over the bars of the first row."""
    first = min(bars.columns, key=lambda column: column[0].middle)
    top = min(bar.box[1] for bar in first)
    over = [x for x in labels if top - 3.2 * em < x.box[1] and x.box[3] < top + 0.5 * em]
    named: dict[Colour, list[Label]] = {bar.colour: [] for bar in first}
    for label in sorted(over, key=lambda one: one.box[1]):
        bar = min(first, key=lambda one: abs((one.low + one.high) / 2 - label.middle[0]))
        if bar.low - 2 * em < label.middle[0] < bar.high + 2 * em:
            named[bar.colour].append(label)
    return _distinct(named, first)


def _aside(column: Sequence[Bar], labels: Sequence[Label], em: float) -> dict[Colour, str]:
    """Return names of the parts of a stack that stand beside it, each at the level of its part."""
    named: dict[Colour, list[Label]] = {bar.colour: [] for bar in column}
    for block in blocks_of(labels, em):
        x0, y0, x1, y1 = around([label.box for label in block])
        level, aside = (y0 + y1) / 2, abs((x0 + x1) / 2 - column[0].middle)
        own = [b for b in column if b.low - _LEVEL_EM * em < level < b.high + _LEVEL_EM * em]
        if own and aside < _ASIDE_EM * em:
            nearest = min(own, key=lambda bar: abs((bar.low + bar.high) / 2 - level))
            named[nearest.colour] += block
    return _distinct(named, column)


def _distinct(named: dict[Colour, list[Label]], column: Sequence[Bar]) -> dict[Colour, str]:
    names = {colour: " ".join(x.text for x in lines) for colour, lines in named.items()}
    return names if all(names.values()) and len(set(names.values())) == len(column) else {}
