"""What a number measures: whether a length can answer a question for a temperature. English rules.

Knows the units of everyday documents; converts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

_I: Final = re.IGNORECASE

_ASKED: Final[Mapping[str, re.Pattern[str]]] = {
    "temperature": re.compile(r"\b(?:temperatures?|how (?:hot|cold|warm))\b", _I),
    "length": re.compile(
        r"\b(?:how (?:tall|high|deep|wide|long|far|thick)|depths?|heights?|widths?|lengths?|"
        r"distances?|thickness|altitudes?|elevations?|diameters?"
        r"|how many\s+(?:more\s+)?"
        r"(?:mm|cm|km|(?:centi|milli|kilo)?met(?:re|er)s|miles|feet|inches))\b",
        _I,
    ),
    "mass": re.compile(
        r"\b(?:how heavy|weighs?|weights?|mass"
        r"|how many\s+(?:more\s+)?(?:mg|kg|(?:milli|kilo)?grams|tons|tonnes))\b",
        _I,
    ),
    "time": re.compile(
        r"\b(?:how (?:old|long)|durations?|lengths?|ages?"
        r"|how many\s+(?:more\s+)?(?:seconds|minutes|hours|days|weeks|months|years))\b",
        _I,
    ),
    "voltage": re.compile(r"\bvoltages?\b", _I),
    "current": re.compile(r"\b(?:supply|input|output|leakage|operating|standby) currents?\b", _I),
    "frequency": re.compile(r"\bclock (?:speed|rate|frequency)\b|\bfrequency range\b", _I),
    "power": re.compile(r"\b(?:wattage|power (?:consumption|rating|output))\b", _I),
}
_UNITS: Final[Mapping[str, re.Pattern[str]]] = {
    "temperature": re.compile(r"\d\s?(?:°\s?[CF]\b|degrees\b|K\b)"),
    "length": re.compile(r"\d\s?(?:mm|cm|m|km|ft|feet|foot|inch(?:es)?|miles?|met(?:re|er)s?)\b"),
    "mass": re.compile(r"\d\s?(?:mg|g|kg|t|lbs?|oz|tons?|tonnes?|grams?|pounds)\b"),
    "time": re.compile(r"\d\s?(?:s|min|h|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"),
    "voltage": re.compile(r"\d\s?[mk]?V\b"),
    "power": re.compile(r"\d\s?[mkM]?W\b"),
    "current": re.compile(r"\d\s?[mµu]?A\b"),
    "frequency": re.compile(r"\d\s?[kMG]?Hz\b"),
    "share": re.compile(r"\d\s?(?:%|percent\b|per cent\b)"),
    "money": re.compile(r"[$€£¥]\s?\d"),
}
_UNIT_ALONE: Final = re.compile(
    r"[\[(]?(?P<unit>[µumkMG]?(?:V|A|W|Hz|Ω|ohm)|°\s?[CF]|mm|cm|kg)[\])]?"
)
_UNIT_OF_NAME: Final = re.compile(rf"[\s,]{_UNIT_ALONE.pattern}$")
_CALLED: Final = re.compile(r"\b(?:tele)?(?:phone|fax)\b", _I)
EMERGENCY_DIGITS: Final = 3
LEAST_CALLED_DIGITS: Final = 6
"""A number to call has at least so many digits, or just those of an emergency call."""


def with_unit(number: str, row: Sequence[str], name: str) -> str:
    """Return a number of a table with its unit: its own, its column's, or that of a cell beside it.

    `row` are the cells of its row, `name` is its column's, "" where it has none.
    """
    if not number[-1:].isdigit():
        return number
    told = _UNIT_OF_NAME.search(name) or next(filter(None, map(_UNIT_ALONE.fullmatch, row)), None)
    return f"{number} {told['unit']}" if told else number


def clashes(question: str, answer: str) -> bool:
    """Tell whether the answer's unit measures something else than the question asks for.

    A number without a unit, and a question that names nothing that is measured, clash with none.
    """
    if _CALLED.search(question) and "number" in question.lower():
        digits = sum(letter.isdigit() for letter in answer)
        return digits < LEAST_CALLED_DIGITS and digits != EMERGENCY_DIGITS
    asked = {name for name, pattern in _ASKED.items() if pattern.search(question)}
    told = {name for name, pattern in _UNITS.items() if pattern.search(answer)}
    return bool(asked and told) and asked.isdisjoint(told)
