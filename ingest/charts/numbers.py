"""Numbers and dates as the labels of a chart write them, and numbers written for its table."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rag.text import RECENT_YEAR, SHORT_MONTHS

_AMOUNT: Final = re.compile(
    r"(?P<open>\()?(?P<sign>[-\u2013\u2212+])?\s?(?P<before>[$€£¥]|US\$|C\$|A\$|EUR|USD|GBP)?\s?"
    r"(?P<sign2>[-\u2013\u2212])?"
    r"(?P<digits>\d{1,3}(?:[,'\u2019\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|\d+,\d{1,2})"
    r"(?:e(?P<power>[-+\u2212]?\d{1,2}))?"
    r"\s?(?P<scale>k|K|M|B|T|G|m|mn|mln|bn|tn|thousand|million|billion|trillion|Mio\.?|Mrd\.?)?"
    r"\s?(?P<after>%|‰|€|\u00b0\s?[CF]?|pp|x)?(?P<close>\))?"
)
_SCALES: Final = {
    "k": 1e3, "K": 1e3, "thousand": 1e3, "M": 1e6, "m": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6,
    "Mio": 1e6, "Mio.": 1e6, "B": 1e9, "G": 1e9, "bn": 1e9, "billion": 1e9, "Mrd": 1e9,
    "Mrd.": 1e9, "T": 1e12, "tn": 1e12, "trillion": 1e12,
}  # fmt: skip
_MONTH: Final = re.compile(
    r"(?:(?P<day>\d{1,2})[. -]{1,2})?(?P<month>[A-Za-z]{3,9})\.?"
    r"[ ,'\u2019/-]*(?P<year>\d{4}|\d{2})?"
)
_QUARTER: Final = re.compile(
    r"(?:Q(?P<q1>[1-4])[ '\u2019/-]*(?P<y1>\d{4}|\d{2})|(?P<y2>\d{4})[ /-]?Q(?P<q2>[1-4]))"
)
_ISO: Final = re.compile(
    rf"(?P<year>{RECENT_YEAR})[-/](?P<month>\d{{1,2}})(?:[-/](?P<day>\d{{1,2}}))?"
)
_SHORT_YEAR: Final = re.compile(r"['\u2018\u2019](\d\d)")


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number that a label writes, with what stands before and after it: its unit."""

    value: float
    before: str = ""
    after: str = ""
    scale: str = ""


def amount(text: str) -> Amount | None:
    """Return the number that a text is; None where it is more or something else."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    digits = re.sub(r"[,'\u2019\u00a0 ](?=\d{3})", "", found["digits"]).replace(",", ".")
    value = float(digits) * 10.0 ** int((found["power"] or "0").replace("\u2212", "-"))
    value *= _SCALES.get(found["scale"] or "", 1.0)
    negative = found["open"] or (found["sign"] or found["sign2"] or "+") != "+"
    return Amount(
        value=-value if negative else value,
        before=found["before"] or "",
        after=(found["after"] or "").replace(" ", ""),
        scale=found["scale"] or "",
    )


def short_year(text: str) -> Amount | None:
    """Return the year of "'94" as a number; None for anything else."""
    found = _SHORT_YEAR.fullmatch(text.strip())
    return Amount(value=float(_year(found[1]))) if found else None


def day_of(text: str) -> float | None:
    """Return the day that a text names, counted from the year 1; None where it names none."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        return _day(int(found["year"]), int(found["month"]), int(found["day"] or 1))
    if found := _QUARTER.fullmatch(text):
        quarter = int(found["q1"] or found["q2"])
        return _day(_year(found["y1"] or found["y2"]), 3 * quarter - 2, 1)
    found = _MONTH.fullmatch(text)
    if found and found["year"] and found["month"][:3].lower() in SHORT_MONTHS:
        month = SHORT_MONTHS.index(found["month"][:3].lower()) + 1
        return _day(_year(found["year"]), month, int(found["day"] or 1))
    return None


def _year(text: str) -> int:
    year = int(text)
    return year if year > 99 else year + (1900 if year >= 70 else 2000)  # of two digits


def _day(year: int, month: int, day: int) -> float | None:
    try:
        return float(date(year, month, day).toordinal())
    except ValueError:
        return None


def written_day(value: float) -> str:
    return (date(1, 1, 1) + timedelta(days=round(value) - 1)).isoformat()


def first_of_month(value: float) -> float:
    """Return the first day of a month that a day is nearest to, both counted from the year 1."""
    middle = date(1, 1, 1) + timedelta(days=round(value) + 14)
    return float(middle.replace(day=1).toordinal())


def written(value: float, *, within: float, like: Amount | None = None) -> str:
    """Write a number as exactly as it is known, in the unit of the labels that it was read by."""
    scale = _SCALES.get(like.scale, 1.0) if like else 1.0
    value, within = value / scale, within / scale
    places = max(0, min(9, math.ceil(-math.log10(within)))) if within > 0 else 9
    rounded = round(value, places if within < 1 else -math.floor(math.log10(within)))
    text = f"{rounded + 0.0:.{places}f}"
    if like is None:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}{like.before}{digits}{like.scale}{like.after}"
