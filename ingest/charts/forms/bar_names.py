"""Names of the series of bars that no legend tells: over the first row of bars, or beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ingest.charts.bars import Bar, Bars
from ingest.charts.categories import blocks_of
from ingest.charts.ink import Colour, Label, around
from ingest.charts.numbers import amount

_ASIDE_EM: Final = 14.0
"""How far from a stack the middle of its parts' names may be."""

_LEVEL_EM: Final = 0.6


def names_of_bars(bars: Bars, labels: Sequence[Label], em: float) -> dict[Colour, str]:
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
    return _told_apart(named, first)


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
    return _told_apart(named, column)


def _told_apart(named: dict[Colour, list[Label]], column: Sequence[Bar]) -> dict[Colour, str]:
    names = {colour: " ".join(x.text for x in lines) for colour, lines in named.items()}
    return names if all(names.values()) and len(set(names.values())) == len(column) else {}
