"""Bounds that a question sets to an amount: "more than 1 million", "between 5 and 8 mm".

Knows numbers as they are written; knows no table. English rules.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from rag.answer.base.quantities import MEASURES, measure, quantity
from rag.text import words

_I: Final = re.IGNORECASE

_AMOUNT: Final = (
    r"[$€£¥]?\s?\d[\d,]*+(?:\.\d++)?(?:\s?%|[kK]\b|\s?(?:thousand|million|billion|trillion)\b)?"
    rf"(?:\s?(?:percent|{MEASURES})\b)?"
)
_BETWEEN: Final = re.compile(rf"\bbetween\s+(?P<low>{_AMOUNT})\s+and\s+(?P<high>{_AMOUNT})", _I)
_ONE: Final = re.compile(
    r"\b(?:(?P<not>no|not)\s+)?(?:(?P<above>more|greater|higher|larger|longer|bigger|deeper|taller"
    r"|heavier|faster|better)\s+than|(?P<below>less|fewer|lower|smaller|shorter|lighter|slower"
    r"|cheaper)\s+than|(?P<over>over|above|exceed(?:s|ed|ing)?)|(?P<under>under|below)"
    rf"|(?P<least>at least)|(?P<most>at most|up to))\s+(?P<amount>{_AMOUNT})",
    _I,
)
_OR_MORE: Final = re.compile(
    rf"(?<!\d)(?<!\d,)(?P<amount>{_AMOUNT})\s+or\s+(?:(?P<more>more)|less|fewer)\b", _I
)
_THOUSANDS: Final = re.compile(r"\d[kK]\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What lies between `low` and `high`, each itself included or not. `said` are the words.

    `unit` is the measure, `%` or currency of the amounts, "" for none.
    """

    said: str
    low: float = -math.inf
    high: float = math.inf
    with_low: bool = True
    with_high: bool = True
    unit: str = ""

    @property
    def words(self) -> frozenset[str]:
        """The words by which the bounds are set: they name no value of a table."""
        return frozenset(words(self.said))

    def hold(self, size: float) -> bool:
        """Tell whether an amount lies within."""
        above = size >= self.low if self.with_low else size > self.low
        return above and (size <= self.high if self.with_high else size < self.high)

    def distance(self, size: float) -> float:
        """Return by how much an amount lies outside; 0 within."""
        return max(self.low - size, size - self.high, 0.0)


def bounds(question: str) -> Bounds | None:
    """Return the bounds that a question sets; None where it sets none to a number."""
    between = _BETWEEN.search(question)
    found = between or _ONE.search(question) or _OR_MORE.search(question)
    if found is None:
        return None
    return _of_two(found) if between else _of_one(found)


def _of_two(found: re.Match[str]) -> Bounds | None:
    low, high = size_of(found["low"]), size_of(found["high"])
    unit = unit_of(found["high"]) or unit_of(found["low"])
    if low is None or high is None:
        return None
    return Bounds(said=found.group(), low=low, high=high, unit=unit)


def _of_one(found: re.Match[str]) -> Bounds | None:
    size, unit = size_of(found["amount"]), unit_of(found["amount"])
    if size is None:
        return None
    if found.re is _OR_MORE:
        is_above, included = found["more"] is not None, True
    else:
        is_above = any(found[name] for name in ("above", "over", "least"))
        included = bool(found["least"] or found["most"])
        if found["not"]:
            is_above, included = not is_above, True
    if is_above:
        return Bounds(said=found.group(), low=size, with_low=included, unit=unit)
    return Bounds(said=found.group(), high=size, with_high=included, unit=unit)


def size_of(text: str, *, around: str = "") -> float | None:
    """Return the first amount of a text with its scale, "4k" as 4,000; None without a number."""
    found = quantity(text, around=around)
    if found is None:
        return None
    return found.size * (1000 if _THOUSANDS.search(text) else 1)


def unit_of(text: str) -> str:
    """Return the measure, `%` or currency of an amount; "" for none."""
    found = quantity(text)
    percent = "%" if re.search(r"\bpercent\b", text, _I) else ""
    return (found.unit if found else "") or percent or measure(text)
