"""How numbers are written in different countries, and what one means. Knows text alone.

Separators of thousands and decimals are those of CLDR: a point, a comma, an apostrophe, a space
that does not break. What one number leaves open ("1.234") the words around it decide (English has a
decimal point), then the other numbers, then the language of the document.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rag.stop_words import languages_of

DecimalMark = Literal[".", ","]

_ENGLISH_SIGNS: Final[Mapping[str, str]] = {".": ".", ",": ","}

_APART: Final = "'’\u00a0\u202f\u2009"
"""Between groups of three digits, and nowhere else in a number."""

CURRENCY_CODE: Final = (
    r"(?:AUD|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|MYR|NOK|NZD|PLN|SEK|SGD|USD|ZAR"
    r"|RM|kr|zł|Kč|Ft)\b"
)
"""The most traded currencies (BIS, Triennial Survey), and those signs of CLDR that are letters."""

_MONEY: Final = rf"(?=\s?(?:[€$£¥%]|{CURRENCY_CODE}))"
GROUPED: Final = (
    rf"(?<!\d)\d{{1,3}}(?:[{_APART}]\d{{3}})++(?:[.,]\d+)?(?!\d)"
    rf"|(?<![\d.,])(?<!\d )\d{{1,3}}(?: \d{{3}})++(?:,\d+)?{_MONEY}"
)
"""A number whose thousands are set apart; by a plain space only if money or a share is told: labels
of an axis stand so too."""

NUMBER_WORD: Final = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|dozen)"
)
"""An English word for a number, as a pattern."""

SCALES: Final = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

_SCALE_NAMES: Final = {
    1e3: r"thousands?|000['’]?s|tausend|milliers|miles|migliaia|milhares",
    1e6: r"millions?|mio\b|millionen|millones|milioni|milhões",
    1e9: r"billions?|mrd\b|milliarden|milliards|miliardi",
}
_SCALED: Final = [
    (
        scale,
        re.compile(rf"(?<!shares )\b(?:in|en|em)\s(?:US\s?)?[$€£]?\s?(?:{names})", re.IGNORECASE),
    )
    for scale, names in _SCALE_NAMES.items()
]
"""Not of shares, whose scale is not that of amounts: "(shares in 000's)"."""


_SCALE_LETTERS: Final = 24
"""A caption that tells a scale within so many tells nothing else: "$ in millions, except …"."""


def told_scale(text: str) -> float | None:
    """Return in what a text says that its numbers are: "(in millions)"; None of none or several."""
    scales = [scale for scale, names in _SCALED if names.search(text)]
    return scales[0] if len(scales) == 1 else None


def tells_scale_alone(caption: str) -> bool:
    """Tell whether a caption tells in what scale amounts are, and nothing of the table."""
    return told_scale(caption[:_SCALE_LETTERS]) is not None


NUMBER: Final = re.compile(rf"{GROUPED}|\d+(?:[.,]\d+)*")
_SPACES: Final = re.compile(rf"[ {_APART}]")
_ENGLISH: Final = re.compile(r"\b(?:the|of|and|is|was|were|with|from|by|that)\b", re.IGNORECASE)
_MIN_ENGLISH: Final = 2
_SURE_COMMA: Final = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})++,\d+|\d{1,3}(?:\.\d{3}){2,})(?![.,]?\d)"
)
_COMMA: Final = re.compile(r"(?<![\d.,\[])\d{1,9},\d{1,2}(?![.,]?\d)(?!\])")
_ANY_DIGIT: Final = re.compile(r"\d")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_WHOLE: Final = re.compile(r"\d{1,3}")
_MIN_GROUPED: Final = 2
_POINT: Final = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})++\.\d+|\d{1,3}(?:,\d{3}){2,}|\d{1,9}\.\d{1,2})(?![.,]?\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNumber:
    """What a written number means."""

    value: float
    decimals: int


def decimal_mark(around: str, language: str | None = None) -> DecimalMark:
    """Return what parts decimals in a text of a document in this language (ISO 639-1)."""
    if _SURE_COMMA.search(around):
        return ","
    if _is_english(around, language):
        return "."
    commas, points = len(_COMMA.findall(around)), len(_POINT.findall(around))
    if commas == points:
        return _mark_of(language)
    return "," if commas > points else "."


def column_mark(cells: Iterable[str], mark: DecimalMark) -> DecimalMark:
    """Return what parts decimals in a column of a table whose is `mark`.

    Where points stand before three digits alone and the other numbers have three digits and no
    point (3.597 above 732), they part thousands.
    """
    numbers = [cell.strip() for cell in cells if _ANY_DIGIT.search(cell)]
    grouped = [cell for cell in numbers if _THOUSANDS.fullmatch(cell)]
    whole = [cell for cell in numbers if _WHOLE.fullmatch(cell)]
    is_grouped = len(grouped) + len(whole) == len(numbers) and any(len(cell) == 3 for cell in whole)  # noqa: PLR2004
    return "," if is_grouped and len(grouped) >= _MIN_GROUPED else mark


def _is_english(text: str, language: str | None) -> bool:
    """Tell whether a text is in English, whatever the language of its document.

    "was" is a word in German too: where another language is known, all words of the text count.
    """
    if language in (None, "en"):
        return len(_ENGLISH.findall(text)) >= _MIN_ENGLISH
    return languages_of(text.lower().split()) == ("en",)


def _mark_of(language: str | None) -> DecimalMark:
    """Return what parts decimals in a language, by CLDR; a point where it is unknown."""
    return "," if _signs_of(language)["."] == "," else "."


@functools.cache
def _signs_of(language: str | None) -> Mapping[str, str]:
    """Return what stands for the signs of English numbers in a language, by CLDR."""
    if language in (None, "en"):
        return _ENGLISH_SIGNS
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - English needs none of it

    try:
        signs = Locale.parse(language).number_symbols["latn"]
    except (UnknownLocaleError, ValueError, KeyError):
        return _ENGLISH_SIGNS
    return {".": signs["decimal"], ",": signs["group"]}


_PARTED: Final[Mapping[DecimalMark, re.Pattern[str]]] = {
    ".": re.compile(r"(?<!\d)(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)"),
    ",": re.compile(r"(?<!\d)(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d+)"),
}
"""A number with signs in it, by what parts its decimals; no day (12.03. where that is a comma)."""


def as_spoken(text: str, language: str, source: str, mark: DecimalMark) -> str:
    """Return a text with the numbers that it copied from a source as a language writes them.

    `mark` is what parts decimals in the source. Signs alone are exchanged: no place in it moves.
    """
    spoken, copied = _signs_of(language), set(NUMBER.findall(source))
    if spoken["."] == mark:
        return text
    signs = str.maketrans({mark: spoken["."], "," if mark == "." else ".": spoken[","]})

    def told(number: re.Match[str]) -> str:
        is_copied = number.group() in copied and _PARTED[mark].fullmatch(number.group())
        return number.group().translate(signs) if is_copied else number.group()

    return NUMBER.sub(told, text)


@functools.cache
def scale_word(scale: float, language: str) -> str:
    """Return the word behind a number in thousands, millions or billions, by CLDR; "" of none."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - few tables need it

    try:
        forms = Locale.parse(language).compact_decimal_formats["long"]["other"]
    except (UnknownLocaleError, ValueError, KeyError):
        return ""
    found = re.fullmatch(r"0[\s\u00a0](\D+)", forms[str(int(scale))].pattern)
    return found[1].strip("'") if found else ""


def read_number(written: str, mark: DecimalMark = ".") -> ReadNumber | None:
    """Return what a number as matched by `NUMBER` means; None for what is none: 192.168.0.1.

    `mark` is what parts decimals where the number itself does not tell.
    """
    plain = _SPACES.sub("", written)
    kinds = sorted({sign for sign in plain if sign in ".,"}, key=plain.rindex)
    if not kinds:
        return ReadNumber(value=float(plain), decimals=0)
    thousands, last = kinds[0], kinds[-1]
    whole, _, decimals = plain.rpartition(last)
    if len(kinds) > 1:
        return _parted(whole, decimals, thousands) if plain.count(last) == 1 else None
    if plain.count(last) > 1:
        return _parted(plain, "", last)
    groups = plain == written and _in_groups(plain, last)
    if groups and mark != last:
        return ReadNumber(value=float(whole + decimals), decimals=0)
    return ReadNumber(value=float(f"{whole}.{decimals}"), decimals=len(decimals))


def _parted(whole: str, decimals: str, thousands: str) -> ReadNumber | None:
    if not _in_groups(whole, thousands):
        return None
    digits = whole.replace(thousands, "")
    return ReadNumber(value=float(f"{digits}.{decimals or 0}"), decimals=len(decimals))


def _in_groups(text: str, sign: str) -> bool:
    """Tell whether a sign parts thousands: after one to three digits, not 0, groups of three."""
    first, *others = text.split(sign)
    return 1 <= len(first) <= 3 and first != "0" and all(len(group) == 3 for group in others)  # noqa: PLR2004 - of three digits
