"""A bar chart as series by category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from ingest.charts.axes import MAX_OFF, Scale
from ingest.charts.bars import Bar, Bars, value_of, values_printed
from ingest.charts.categories import axis_title, blocks_of, names_at, names_left, unused
from ingest.charts.ink import Colour, Ink, Label, alike, around, distinct, paired, size_of
from ingest.charts.legend import Legend
from ingest.charts.numbers import Amount, amount, written, written_day
from ingest.charts.table import NO_TITLE, Chart, Series, UnreadableChartError, chart_of


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
    counts = Counter(name for name, column in zip(names, bars.columns, strict=True) for _ in column)
    if max(counts.values()) == 1:  # no category has two bars
        title = (axis_title(ink, bars.along, bars.box) if scale else "") or NO_TITLE
        cells = {n: values.get(id(c[0]), "") for n, c in zip(names, bars.columns, strict=True)}
        series = [Series(name=title, values=cells)]
    else:
        series = _by_colour(bars, names, values, legend, _names_aside(bars, legend, labels, ink.em))
    left = names_left(names, labels, ink.em) if bars.along == 1 else []
    head = axis_title(ink, 1 - bars.along, bars.box)
    return chart_of("bar chart", head, series, left=left, within=within, warnings=warnings)


def _without_tracks(ink: Ink, bars: Bars, legend: Legend) -> Bars:
    """Return bars without a colour that only fills up: it has neither values nor a name."""
    printed = _printed(ink, bars, unused(ink, legend.labels))
    valued = [bar.colour for bar in bars.all if id(bar) in printed]
    known = [*valued, *(colour for colour, _ in legend.names)]
    kept = [tuple(b for b in c if any(alike(b.colour, one) for one in known)) for c in bars.columns]
    is_sure = all(kept) and len(valued) >= 0.9 * sum(map(len, kept))
    return replace(bars, columns=tuple(kept)) if is_sure else bars


def _scale_of(bars: Bars, scales: Sequence[Scale], em: float) -> Scale | None:
    """Return the scale that bars stand by: of two it is that whose zero is where they begin.

    Raises UnreadableChartError where both have their zero there, and differ.
    """
    found = [s for s in scales if s.along == bars.along and _is_outside(s, bars, em)]
    if len(found) > 1:
        found = [s for s in found if abs(s.place(0.0) - bars.base) < 0.4 * em] or found
    if any(abs(s.slope / found[0].slope - 1) > MAX_OFF for s in found):
        raise UnreadableChartError("it has two scales, and its bars may be of either")
    return found[0] if found else None


def _is_outside(scale: Scale, bars: Bars, em: float) -> bool:
    """Whether the labels of a scale stand beside the bars, as an axis's do, and not among them."""
    across = 1 - scale.along
    low, high = bars.box[across] + 0.3 * em, bars.box[across + 2] - 0.3 * em
    return not any(low < label.middle[across] < high for label in scale.labels)


def _floats(ink: Ink, bars: Bars, scale: Scale) -> bool:
    """Whether bars begin amid a scale, where neither its zero nor a line is, as boxes do."""
    reach, (low, high) = 0.6 * ink.em, scale.ends
    if abs(scale.place(0.0) - bars.base) < reach or not low + reach < bars.base < high - reach:
        return False
    across = 1 - bars.along
    return not any(
        abs(s.box[bars.along] - bars.base) < reach
        and abs(s.box[bars.along + 2] - bars.base) < reach
        and size_of(s.box)[across] > 0.9 * size_of(bars.box)[across]
        for s in ink.strokes
    )


def _values(
    ink: Ink, bars: Bars, scale: Scale | None, printed: dict[int, Label]
) -> tuple[dict[int, str], str, list[str]]:
    """Return values as written by a bar's identity, how far they may be off, and warnings."""
    if scale is None:
        return values_printed(bars, {key: label.text for key, label in printed.items()})
    if scale.is_off(ink.em):
        raise UnreadableChartError("its tick labels do not fit a scale")
    if _floats(ink, bars, scale):
        raise UnreadableChartError("its bars stand on no line")
    values = {id(bar): value_of(bar, bars, scale, ink.em) for bar in bars.all}
    within = scale.within(bars.base, least=ink.min_off)
    texts = {key: written(value, within=within, like=scale.like) for key, value in values.items()}
    amounts = {key: found for key, x in printed.items() if (found := amount(x.text))}
    fits = [abs(a.value - values[key]) < 0.02 * scale.span + 0.5 for key, a in amounts.items()]
    if len(printed) >= 0.8 * len(values) and sum(fits) >= 0.9 * len(fits):
        return texts | {key: label.text for key, label in printed.items()}, "", []
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
    has_colours = len({bar.colour for bar in bars.all}) > 1
    box, along = bars.box, bars.along
    found = names_at(middles, labels, marks=box, along=along, em=em, distinct=not has_colours)
    if found is not None and all(found):
        return found
    if other is None or bars.along == 0:
        raise UnreadableChartError("names of its bars were not found", lacking="names")
    if other.kind == "date":
        return [written_day(other.value(at)) for at in middles]
    step = abs(other.slope) * (min(np.diff(middles)) if len(middles) > 1 else 1.0)
    within = 1.0 if step > 0.9 else max(step / 4, 1e-9)
    like = other.like or Amount(value=0.0)
    return [written(other.value(at), within=within, like=like) for at in middles]


def _by_colour(
    bars: Bars,
    names: Sequence[str],
    values: dict[int, str],
    legend: Legend,
    aside: dict[Colour, str],
) -> list[Series]:
    """Return a series for each colour, in the order of the legend where there is one."""
    colours = [bar.colour for bar in bars.all]
    known = [one for one, _ in legend.names if any(alike(colour, one) for colour in colours)]
    made = []
    for number, colour in enumerate(distinct([*known, *colours]), 1):
        own: dict[str, str] = {}
        for name, column in zip(names, bars.columns, strict=True):
            for bar in column:
                if alike(bar.colour, colour):
                    if name in own:
                        raise UnreadableChartError("two bars of one colour have the same name")
                    own[name] = values.get(id(bar), "")
        called = legend.name(colour) or aside.get(colour) or f"Series {number}"
        made.append(Series(name=called, values=own))
    return made


def _names_aside(
    bars: Bars, legend: Legend, labels: Sequence[Label], em: float
) -> dict[Colour, str]:
    """Return names of colours that stand at bars; empty where not every one has its own.

    They stand over the first row of bars, or beside the parts of the last or the first stack.
    """
    words = [label for label in labels if not label.angle and not amount(label.text)]
    if legend.names:
        return {}
    if bars.along == 0:
        first = min(bars.columns, key=lambda column: column[0].middle)
        top = min(bar.box[1] for bar in first)
        over = [x for x in words if top - 3.2 * em < x.box[1] and x.box[3] < top + 0.5 * em]
        over.sort(key=lambda label: label.box[1])
        return _nearest(first, [(x.middle[0], x.text) for x in over], 2 * em)
    blocks = [(around([x.box for x in block]), block) for block in blocks_of(words, em)]
    left, right = bars.columns[0], bars.columns[-1]
    for column, side in ((right, 0), (left, 2)):
        end = column[0].box[2 - side]
        near = [
            ((box[1] + box[3]) / 2, " ".join(x.text for x in block))
            for box, block in blocks
            if (box[0] > end if side == 0 else box[2] < end)
            and abs((box[0] + box[2]) / 2 - column[0].middle) < 14 * em
        ]
        if names := _nearest(column, near, 0.6 * em):
            return names
    return {}


def _nearest(
    column: Sequence[Bar], names: Sequence[tuple[float, str]], reach: float
) -> dict[Colour, str]:
    """Return the names that stand, by their places along the values, at each bar of a column."""
    named: dict[Colour, list[str]] = {bar.colour: [] for bar in column}
    for at, text in names:
        bar = min(column, key=lambda bar: abs((bar.low + bar.high) / 2 - at))
        if bar.low - reach < at < bar.high + reach:
            named[bar.colour].append(text)
    told = {colour: " ".join(texts) for colour, texts in named.items()}
    return told if all(told.values()) and len(set(told.values())) == len(column) else {}
