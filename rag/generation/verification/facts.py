"""What of a sentence can be looked up whatever its words: its numbers and months.

Months, and numbers from two to twelve, are read in the languages that Pagelight knows, so a
sentence in one language can be checked against a text in another. Pure functions over text; knows
no model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from rag.languages import is_foreign, language_of, languages_in, script_of
from rag.months import months_in
from rag.quantities import quantity
from rag.text import fold, words

_SPACES: Final = "[ '’\u00a0\u202f\u2009]"
"""What sets thousands apart in a language or another, beside a point and a comma (CLDR)."""

_MONTH: Final = r"\s?[月월]"
"""Behind a number it is a month, which is looked up as one."""

_PLAIN: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER: Final = re.compile(
    rf"(?:(?<![\d.,])[1-9]\d{{0,2}}(?:{_SPACES}\d{{3}})++(?:[.,]\d{{1,2}})?+(?![.,]?\d)"
    rf"|\d++(?:[.,]\d++)*+(?!{_MONTH}))(?:\s*(?:thousand|million|billion|trillion)s?\b)?",
    re.IGNORECASE,
)
_GROUPED: Final = re.compile(
    rf"(?<![\d.,])[1-9]\d{{0,2}}(?:(?:[.,]|{_SPACES})\d{{3}}){{1,4}}(?![\d.,]\d|\d)"
)
MAX_SPELLED: Final = 12
_ENGLISH: Final = {
    word: float(n)
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_SCALES: Final = (1.0, 1e3, 1e6, 1e9)

_PERCENT: Final = re.compile(r"[%％]|\bp(?:er|ro|our|or)\s?[cz]i?ent", re.IGNORECASE)
"""In the languages that Pagelight knows: percent, Prozent, pour cent, por ciento."""


def numbers_in(text: str) -> list[tuple[str, float, int, bool]]:
    """Return each number as written, its size with its scale, decimals, whether it has a scale."""
    found = []
    for match in _NUMBER.finditer(text):
        read = quantity(re.sub(rf"(?<=\d){_SPACES}(?=\d)", "", match.group()))
        if read is not None:
            found.append((match.group(), read.size, read.decimals, read.scale != 1))
    return found


def unfound_numbers(claim: str, source: str) -> list[str]:
    """Return the numbers of a claim that the text does not hold.

    What a space sets apart may be one number, or several.
    """
    sizes = _sizes(source)
    either = sizes | _grouped(source)
    missing = [
        written
        for written, size, decimals, scaled in numbers_in(claim)
        if not (_is_held(size, decimals, scaled, sizes) or _grouped(written) & either)
        and not (re.search(_SPACES, written) and sizes >= _bare(written))
    ]
    said = _spelled_in(claim)
    spelled = [w for w in words(claim) if said.get(w, 0.0) > 1 and said[w] not in sizes]
    return [*missing, *spelled]


@lru_cache(maxsize=512)
def _grouped(text: str) -> frozenset[float]:
    """Return numbers in groups of three as whole ones: 2,514 m are 2.514 m in German."""
    return frozenset(float(re.sub(r"\D", "", found)) for found in _GROUPED.findall(text))


def _bare(text: str) -> frozenset[float]:
    """Return the values of the numbers of a text without their scales."""
    read = map(quantity, _PLAIN.findall(text))
    return frozenset(one.value for one in read if one is not None)


@lru_cache(maxsize=512)
def _sizes(source: str) -> frozenset[float]:
    """Return the sizes of all numbers of a text, also of those in words and without a scale.

    A point, too, sets thousands apart where it is in another language than English.
    """
    own = _grouped(source) if language_of(source) not in (None, "en") else frozenset()
    own |= {size for _, size, _, _ in numbers_in(source)}
    dated = [written for written in _PLAIN.findall(source) if quantity(written) is None]
    digits = {float(run) for run in re.findall(r"\d{1,15}", " ".join(dated))}
    return frozenset(own | _bare(source) | digits | spelled_sizes(source))


def _spelled_in(text: str) -> Mapping[str, float]:
    """Return the numbers up to twelve by their words in the language of a text, or in English."""
    language = language_of(text)
    return _ENGLISH if language in (None, "en") else _spelled(language)


@cache
def _spelled(language: str) -> Mapping[str, float]:
    from num2words import num2words  # noqa: PLC0415 - English needs none of it

    try:
        return {fold(num2words(n, lang=language)): float(n) for n in range(MAX_SPELLED + 1)}
    except NotImplementedError:
        return {}


def _is_held(size: float, decimals: int, scaled: bool, sizes: frozenset[float]) -> bool:  # noqa: FBT001 - fields of one number
    """Tell whether a number stands in a text as it is or, given in millions, rounded."""
    if size in sizes:
        return True
    if not scaled:
        return False
    scale = next(s for s in (1e12, 1e9, 1e6, 1e3, 1.0) if size >= s)
    room = 0.5001 * scale * 10.0**-decimals
    return any(abs(one * up - size) <= room for one in sizes for up in _SCALES)


_TOKEN: Final = re.compile(r"[\w/-]{5,}")
_LETTER_DIGIT: Final = re.compile(r"[\W\d_]*+\w\D*+\d")
_SEPARATORS: Final = re.compile(r"[\W_]")
_PERIOD: Final = re.compile(r"[a-z]{1,3}[1-4]?[-/]?(?:19|20)\d\d", re.IGNORECASE)
"""FY2021, Q3/2015, mid-2023: whose year is looked up as a number."""

_DATE: Final = re.compile(
    rf"\b\d{{4}}-(\d\d)\b|\b\d{{1,2}}[./](\d{{1,2}})[./]\d{{2,4}}\b|(\d{{1,2}}){_MONTH}"
)
_WRITTEN_MONTH: Final = re.compile(rf"(\d{{1,2}}){_MONTH}")


def unheld_facts(claim: str, source: str) -> bool:
    """Tell whether a number or a month of a sentence stands nowhere in a text.

    Nor is one per cent of a text that speaks of none: "20" of a table is no 20 %.
    """
    if unfound_numbers(claim, source):
        return True
    if _PERCENT.search(claim) and not _PERCENT.search(source):
        return True
    own = months_in(claim, languages_in(claim)) | set(map(int, _WRITTEN_MONTH.findall(claim)))
    if not own:
        return False
    dated = {int(month) for found in _DATE.findall(source) for month in found if month}
    return bool(own - months_in(source, languages_in(source)) - dated)


def unheld_codes(claim: str, source: str) -> bool:
    """Tell whether a sentence names a part or model (AT90S8515) that a text does not.

    Not even the question's: another place's number is none of that part.
    """
    flat = _SEPARATORS.sub("", source.casefold())
    return any(
        _SEPARATORS.sub("", code.casefold()) not in flat
        for code in _codes(claim)
        if code[0].isalpha()
    )


def without_codes(text: str) -> str:
    """Return a text without parts, models and serial numbers: what has a digit behind a letter."""
    for code in _codes(text):
        text = text.replace(code, " " * len(code))
    return text


def spelled_sizes(text: str) -> frozenset[float]:
    """Return the numbers up to twelve that stand in a text as words."""
    said = _spelled_in(text)
    return frozenset(said[word] for word in words(text) if word in said)


def _codes(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    return [one for one in tokens if _LETTER_DIGIT.match(one) and not _PERIOD.fullmatch(one)]


def readable(claim: str, source: str) -> bool:
    """Tell whether the words of a sentence can be compared with those of a text.

    Not where both are in different languages or scripts, nor where the sentence surely is not in
    English and the text, a table or a few words, tells no language.
    """
    if not script_of(source):
        return True
    if script_of(claim) not in {"", script_of(source)}:
        return False
    own, others = languages_in(claim), languages_in(source)
    if own and others:
        return not set(own).isdisjoint(others)
    return not is_foreign(claim)
