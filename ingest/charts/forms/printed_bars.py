"""Bars without an axis, read by the values that are printed at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Final

from ingest.charts.bars import Bars
from ingest.charts.ink import Label
from ingest.charts.numbers import amount, written
from ingest.charts.table import BareBoxesError, UnreadableChartError, UnscaledBarsError

_MIN_PRINTED: Final = 3
_FITTING: Final = 0.85
"""So many of the values that are printed at bars must fit their lengths; where each bar has one
`_MIN_FITTING` of them."""

_MIN_FITTING: Final = 0.65

NOT_AS_LONG: Final = "some of its bars are not as long as is printed"

_AGREE: Final = 0.02
"""Values fit the lengths of bars that differ by less, in parts of the longest."""


def by_print(bars: Bars, printed: dict[int, Label]) -> tuple[dict[int, str], str, list[str]]:
    """Return the values of bars without an axis, if those that are printed fit their lengths.

    Bars without a value, or with one that does not fit, are read by the others' lengths; then
    follows how far these may be off, else "". Where each bar has a value, and more of them do not
    fit, all stand as they are printed, with a warning.
    """
    lengths = {id(bar): bar.high - bar.low for bar in bars.all}
    numbers = {
        id(bar): abs(found.value)
        for bar in bars.all
        if (label := printed.get(id(bar))) and (found := amount(label.text))
    }
    if len(numbers) < max(_MIN_PRINTED, len(bars.all) / 2):
        is_chart = 2 * len(numbers) > len(bars.all) or _are_as_long(numbers, lengths)
        kind = UnscaledBarsError if is_chart else BareBoxesError
        raise kind("it has no axis, and values are not printed at all its bars")
    if len(set(numbers.values())) == 1:
        raise UnreadableChartError("it has no axis, and its printed values are all the same")
    unit = median(lengths[key] / value for key, value in numbers.items() if value > 0)
    off = _AGREE * max(lengths.values()) + 0.75 * unit * _last_place(printed.values())
    fits = {key for key, value in numbers.items() if abs(lengths[key] - unit * value) < off}
    if len(fits) < _FITTING * len(numbers):
        if len(numbers) < len(lengths) or len(fits) < _MIN_FITTING * len(numbers):
            raise UnreadableChartError("it has no axis, and its bars are not as long as is printed")
        return {key: printed[key].text for key in numbers}, "", [NOT_AS_LONG]
    within, like = 0.5 * _last_place(printed.values()), amount(next(iter(printed.values())).text)
    values = {
        key: printed[key].text if key in fits else written(long / unit, within=within, like=like)
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


def _last_place(printed: Iterable[Label]) -> float:
    """Return the worth of the last digit that is printed."""
    texts = [label.text for label in printed]
    places = max((len(t.partition(".")[2].rstrip("%")) for t in texts if "." in t), default=0)
    return float(10.0**-places)
