"""Names of months and dates in the languages that Pagelight knows, as patterns.

English is our own, as its short names without a point are what documents hold; the others are of
CLDR (unicode.org), by Babel, which is loaded (0.1 s) when a question first is in one of them.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from rag.stop_words import BY_LANGUAGE
from rag.text import MONTH, YEAR

_NUMERIC: Final = (
    rf"\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|{YEAR}(?:[-–/]\d{{2,4}})?"
)


@functools.cache
def month_pattern(language: str | None) -> str:
    """Return a pattern of a month, long or short, in a language (ISO 639-1); English without."""
    if language in (None, "en"):
        return MONTH
    from babel import Locale  # noqa: PLC0415 - English needs none of it

    months = Locale.parse(language).months
    names = {
        name.rstrip(".")
        for context in months.values()
        for width in ("wide", "abbreviated")
        for name in context[width].values()
    }
    return f"(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"


@functools.cache
def any_month_pattern() -> str:
    """Return a pattern of a month, long or short, in any language that Pagelight knows."""
    return f"(?:{'|'.join(map(month_pattern, BY_LANGUAGE))})"


@functools.cache
def date_pattern(language: str | None) -> re.Pattern[str]:
    """Return what matches dates as a language writes them: "3rd May 2020", "3 de mayo de 2020"."""
    month = rf"{month_pattern(language)}\.?"
    if language in (None, "en"):
        day = r"\d{1,2}(?:st|nd|rd|th)?"
        return re.compile(
            rf"\b(?:{day}\s+{month}(?:,?\s+\d{{4}})?|{month}\s+{day}\b(?:,?\s+\d{{4}})?"
            rf"|{month},?\s+\d{{4}}|{_NUMERIC})\b"
        )
    of = r"\s+(?:d[eo]l?\s+)?"
    return re.compile(
        rf"\b(?:(?:\d{{1,2}}(?:\.|er|º|°)?{of})?{month}(?:{of}\d{{4}})?|{_NUMERIC})\b",
        re.IGNORECASE,
    )
