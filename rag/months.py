"""Names of months, days and dates in the languages that Pagelight knows, as patterns; years.

English is our own, as its short names without a point are what documents hold; the others are of
CLDR (unicode.org), by Babel, which is loaded (0.1 s) when a question first is in one of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Final

from rag.languages import is_foreign
from rag.text import MONTH, SHORT_MONTHS, YEAR

_NUMERIC: Final = (
    rf"\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|{YEAR}(?:[-–/]\d{{2,4}})?"
)

_YEAR: Final = re.compile(rf"(?<![\d,.]){YEAR}(?!\d|[,.]\d)")
_RANGE: Final = re.compile(
    r"\b(?:since|after|before|until|till|from|between|past|last|over|during)\b", re.IGNORECASE
)
"""Words after which a year is an end of those that are meant."""

_ENGLISH_MONTH: Final = re.compile(rf"\b{MONTH}\b")
_ENGLISH: Final = {name: month for month, name in enumerate(SHORT_MONTHS, start=1)}


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


def months_in(text: str, languages: Sequence[str]) -> set[int]:
    """Return the months (1 to 12) that a text names, in English and in its own languages.

    English ones begin with a capital: "may" and "march" are words, too.
    """
    found = {_ENGLISH[name[:3].lower()] for name in _ENGLISH_MONTH.findall(text)}
    folded = text.casefold()
    for language in languages:
        names = _month_names(language)
        found |= {month for name, month in names.items() if _stands(name, folded)}
    return found


def _stands(name: str, text: str) -> bool:
    return name in text and re.search(rf"\b{re.escape(name)}\b", text) is not None


@functools.cache
def _month_names(language: str) -> Mapping[str, int]:
    """Return the long names of the months in a language; none for English, which is our own."""
    if language == "en":
        return {}
    from babel import Locale  # noqa: PLC0415 - English needs none of it

    wide = (context["wide"] for context in Locale.parse(language).months.values())
    return {name.casefold(): month for names in wide for month, name in names.items()}


def years_in(text: str) -> frozenset[str]:
    """Return the years that a text names, "FY2021" among them."""
    return frozenset(_YEAR.findall(text))


def years_meant(question: str) -> frozenset[str]:
    """Return the years that an English question names; none where it means those around them."""
    is_plain = not (_RANGE.search(question) or is_foreign(question))
    return years_in(question) if is_plain else frozenset()
