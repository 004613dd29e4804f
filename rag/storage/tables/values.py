"""What a cell says: a number, a date, a share or a text. Knows one text at a time.

A date is a number too, in years ("March 2001" is 2001 and two twelfths), so that dates are ordered
and compared as numbers are; a day without a year is less than `FIRST_YEAR`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rag.number_forms import NUMBER, SCALES, DecimalMark, read_number
from rag.text import MONTH, SHORT_MONTHS, YEAR, without_struck, words_of_cells

Kind = Literal["number", "date", "share", "text", "empty"]

_EMPTY: Final = re.compile(r"[-–—\s.…*]*|n/?a|none|unknown|nil|tba|tbd|nm|\?+", re.IGNORECASE)
_CLOCK: Final = re.compile(r"(?<![\d:])(?:(\d+):)?(\d{1,3}):(\d{2}(?:\.\d+)?)(?![\d:])")
_ISO: Final = re.compile(r"\b(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?\b")
_MONTH: Final = re.compile(rf"\b{MONTH}\b\.?", re.IGNORECASE)
_YEAR: Final = re.compile(rf"(?<![\d,.])(?:{YEAR}|1[0-4]\d\d)(?![\d,]|\.\d)")
_SHORT_YEAR: Final = re.compile(rf"{MONTH}[-/ ](\d\d)$", re.IGNORECASE)
_DAY: Final = re.compile(r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)?(?!\d)", re.IGNORECASE)
_RANGE: Final = re.compile(
    r"(?<!\d)(?<!\d[,.])(\d[\d,.]*+)\s*+(?:[-–—/]|to|present)++\s*+(\d[\d,.]*)?", re.IGNORECASE
)
_SCALE: Final = re.compile(r"\d\s*(thousand|million|billion|trillion)\b", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"[kK]\b")
_POWER: Final = re.compile(r"(\s?[x×·⋅*]\s?10)?(?:\^([+\-−]?\d{1,3})|([⁺⁻]?[⁰¹²³⁴-⁹]{1,3}))")
_TEN, _OVER = 10.0, 300
_LOW: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_MINUS: Final = frozenset("-−–")
_MAX_AROUND: Final = 12
"""A number with more letters around it is a text that holds a number."""

_PLAIN: Final = re.compile(r"-?\d{1,3}|-?\d{5,15}(?:\.\d{1,2})?|-?\d{1,4}\.\d{1,2}")
_PLAIN_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DIGIT: Final = re.compile(r"\d")
_NOTHING: Final = frozenset({"", "-", "–", "—"})

FIRST_YEAR: Final = 1.0

MIN_SHARE: Final = 0.6
"""A column is of the kind that so many of its cells that say something are of."""

_CENTURY, _THIS = 100, 30
"""Years of two digits: up to this they are of this century."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says. `number` is None where there is none; `second` is the end of a range."""

    kind: Kind
    key: str
    number: float | None = None
    second: float | None = None


@lru_cache(maxsize=65536)
def read(text: str, mark: DecimalMark = ".") -> Value:
    """Return what a cell's text says; a dash and "n/a" are empty.

    `mark` is what parts decimals where the cell itself does not tell: "1.234". Struck words say
    nothing.
    """
    text = without_struck(text)
    key = " ".join(words_of_cells(text))
    if _EMPTY.fullmatch(text.strip()):
        return Value(kind="empty", key=key)
    date = date_of(text)
    if date is not None and len(text) <= _MAX_AROUND * 3:
        return Value(kind="date", key=key, number=date, second=_end(text, mark))
    return _number(text, key, mark)


def max_of(kinds: Counter[Kind]) -> Kind:
    """Return the kind of a column by how many of its cells that say something are of each."""
    if not kinds:
        return "empty"
    kind, count = kinds.most_common(1)[0]
    return kind if count >= MIN_SHARE * kinds.total() else "text"


def is_yearless(value: Value) -> bool:
    """Tell whether a cell says a day without its year."""
    return value.kind == "date" and value.number is not None and value.number < FIRST_YEAR


def kind_and_number(text: str, mark: DecimalMark = ".") -> tuple[Kind, float | None]:
    """Return the kind and the number that `read` gives; some ten times as fast on usual cells."""
    if text in _NOTHING:
        return "empty", None
    if _PLAIN.fullmatch(text):
        return "number", float(text)
    day = _PLAIN_DAY.fullmatch(text)
    if day is not None and "1000" <= text < "2100" and 1 <= int(day[2]) <= len(SHORT_MONTHS):
        return "date", _dated(float(day[1]), int(day[2]), int(day[3]))
    if not _DIGIT.search(text):
        return ("empty" if _EMPTY.fullmatch(text.strip()) else "text"), None
    value = read(text, mark)
    return value.kind, value.number


def amount_of(text: str, kind: Kind, number: float | None) -> float | None:
    """Return the number of a cell that is nothing else; four digits are one too, and no year."""
    return number if kind == "number" or (kind == "date" and text.isdigit()) else None


def _number(text: str, key: str, mark: DecimalMark) -> Value:
    clock = _CLOCK.search(text)
    if clock is not None:
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return Value(kind="number", key=key, number=hours * 3600 + minutes * 60 + seconds)
    found = NUMBER.search(text)
    made = read_number(found.group(), mark) if found else None
    if found is None or made is None:
        return Value(kind="text", key=key)
    scale = _SCALE.search(text)
    thousands = 1e3 if _THOUSANDS.match(text, found.end()) else 1.0
    value = made.value * (SCALES[scale.group(1).lower()] if scale else thousands)
    value = _raised(value, text[found.end() :])
    before = text[: found.start()].strip(" $€£¥")
    if before in _MINUS or (before == "(" and text.rstrip(" %").endswith(")")):
        value = -value
    letters = sum(c.isalpha() for c in text)
    kind: Kind = "text" if letters > _MAX_AROUND else "share" if "%" in text else "number"
    return Value(kind=kind, key=key, number=value, second=_end(text, mark))


def _raised(value: float, rest: str) -> float:
    """Return a number with the power of ten behind it (10^6, 10⁶); else that is a note's mark."""
    found = _POWER.match(rest)
    if found is None or not (found[1] or value == _TEN):
        return value
    exponent = int((found[2] or found[3].translate(_LOW)).replace("−", "-"))
    return float((value if found[1] else 1.0) * _TEN**exponent) if exponent < _OVER else value


def _end(text: str, mark: DecimalMark) -> float | None:
    """Return the second number of a range or a score: 1903 of "1900-1903"."""
    found = _RANGE.search(text)
    if found is None or not found[2]:
        return None
    made = NUMBER.search(found[2])
    end = read_number(made.group(), mark) if made else None
    if end is None:
        return None
    first = read_number(found[1].strip(".,"), mark)
    if first and _is_year(first.value) and end.value < _CENTURY <= first.value:
        return first.value - first.value % _CENTURY + end.value
    return end.value


def _is_year(value: float) -> bool:
    return 1000 <= value < 2100  # noqa: PLR2004 - as years are written


@lru_cache(maxsize=65536)
def date_of(text: str) -> float | None:
    """Return the date of a text in years, without a year as the part of one; None where is none."""
    iso = _ISO.search(text)
    if iso and _is_year(float(iso[1])) and 1 <= int(iso[2]) <= len(SHORT_MONTHS):
        return _dated(float(iso[1]), int(iso[2]), int(iso[3] or 1))
    year, month = _YEAR.search(text), _MONTH.search(text)
    if month is None:
        return float(year.group()) if year else None
    short = _SHORT_YEAR.search(text.strip())
    number = SHORT_MONTHS.index(month.group().lower()[:3]) + 1
    rest = text.replace(year.group(), " ", 1) if year else text
    if year is None and short is not None:
        two = int(short[1])
        rest = text[: short.start(1)]
        return _dated(1900.0 + two + _CENTURY * (two <= _THIS), number, _day(rest))
    day = _day(rest)
    if year is None and not day:
        return None
    return _dated(float(year.group()) if year else 0.0, number, day)


def _day(text: str) -> int:
    found = _DAY.search(text)
    return int(found[1]) if found and int(found[1]) <= 31 else 0  # noqa: PLR2004 - days


def _dated(year: float, month: int, day: int) -> float:
    return year + (month - 1) / 12 + max(0, day - 1) / 372
