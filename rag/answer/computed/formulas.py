"""Numbers to a result and its working, for each operator. Knows numbers alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.answer.base.quantities import shown
from rag.answer.question.operations import Operation

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


FORMULAS: Final = {
    "sum": _sum,
    "difference": _difference,
    "ratio": _ratio,
    "change": _change,
}
