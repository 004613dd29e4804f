"""Numbers to a result and its working, for each operator. Knows numbers alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.answer.base.quantities import shown
from rag.answer.question.operations import SMALLER, Operation

RATIO_DECIMALS: Final = 3


def _sum(_: Operation, values: Sequence[float], places: int, unit: str) -> tuple[str, str] | None:
    terms = " + ".join(shown(value, places, unit) for value in values)
    return shown(math.fsum(values), places, unit), terms


def _difference(
    _: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    high, low = max(values), min(values)
    result = shown(high - low, places, "" if unit == "%" else unit)
    points = " percentage points" if unit == "%" else ""
    return result + points, f"{shown(high, places, unit)} - {shown(low, places, unit)}"


def _ratio(
    wanted: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    if not values[1]:
        return None
    own = max((len(f"{v:.6f}".rstrip("0").partition(".")[2]) for v in values), default=0)
    digits = RATIO_DECIMALS if wanted.decimals is None else places
    terms = " / ".join(shown(value, min(own, 2), unit) for value in values)
    return shown(values[0] / values[1], digits), terms


def _change(
    wanted: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    new, old = values
    if not old:
        return None
    digits = 1 if wanted.decimals is None else places
    new_shown, old_shown = shown(new, places, unit), shown(old, places, unit)
    return (
        shown(100 * (new - old) / abs(old), digits, "%"),
        f"({new_shown} - {old_shown}) / {old_shown}",
    )


def _compare(
    wanted: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    if values[0] == values[1]:
        return None
    first = (values[0] > values[1]) == (wanted.operator == "larger")
    name = wanted.names[0 if first else 1]
    by = shown(abs(values[0] - values[1]), places, "" if unit == "%" else unit)
    one, two = (shown(value, places, unit) for value in values)
    return f"{name}, by {by}", f"{one} against {two}"


def _relation(
    wanted: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    own, other = values
    one, two = (shown(value, places, unit) for value in values)
    claimed = wanted.claimed
    if own == other:
        return ("No: both are equal" if claimed else "equal"), f"{one} against {two}"
    points = " percentage points" if unit == "%" else ""
    by = f"by {shown(abs(own - other), places, '' if unit == '%' else unit)}{points}"
    relation = "higher" if own > other else "lower"
    if not claimed:
        return f"{relation}, {by}", f"{one} against {two}"
    holds = (claimed in SMALLER) == (own < other)
    return (f"Yes, {by}" if holds else f"No: {relation}, {by}"), f"{one} against {two}"


FORMULAS: Final = {
    "sum": _sum,
    "difference": _difference,
    "ratio": _ratio,
    "change": _change,
    "larger": _compare,
    "smaller": _compare,
    "relation": _relation,
}
