"""Sentences and words of plain text. Knows no language model and no store."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

import Stemmer

from rag.stop_words import BY_LANGUAGE, FUNCTION_WORDS

_ABBREVIATIONS: Final = frozenset(
    "mr mrs ms dr prof sr jr st no nos fig figs eq eqs sec ch vol vs etc al inc ltd co corp "
    "cf ca approx dept est jan feb mar apr jun jul aug sep sept oct nov dec bzw abb tab nr str "
    "p pp ref refs".split()
)
_INITIALS: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
"""Letters with dots between them: "U.S", "F.C", "a.m"."""

_CLOSING_ENDS: Final = "。！？।॥؟۔"
"""Of Chinese, Japanese, Hindi, Arabic and Urdu: they end a sentence whatever follows."""

SENTENCE_ENDS: Final = f".!?…{_CLOSING_ENDS}"

_BOUNDARY: Final = re.compile(
    rf"""(?<![.!?…])(?!(?<=\s)…\s)[.!?…]++["'”’)\]~]*+(?=\s)|[{_CLOSING_ENDS}]|\n"""
)
STRUCK_MARK: Final = "~~"
_STRUCK: Final = re.compile(rf"{STRUCK_MARK}[^\n]+?{STRUCK_MARK}")

LEADER: Final = "…"
"""Stands between spaces for the dots that lead from a name to its price; ends no sentence."""

_LED: Final = re.compile(rf"\S.{{0,120}}\s{LEADER}\s(?:\S{{1,20}}\s){{0,3}}\S*\d\S*")
"""A name and its price or page, with what dots led to it."""

_LAST_WORD: Final = re.compile(r"[\w.]{1,12}$")
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W\d_]+)?")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GERMAN_MONTH: Final = re.compile(
    r"(?:Januar|Jänner|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b"
    r"|(?:April|August|September|November)\s\d{4}\b"
)
"""What follows a day: "3. Mai". Those that English shares need their year."""

_LONGEST_DAY: Final = 2
_INITIAL_LENGTH: Final = 1
_SHORT_FORM_LENGTH: Final = 3
_CONTINUING: Final = frozenset(",;:-–—)")

MARK: Final = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
"""A mark of an answer: `[1]`, `[1, 2]`; its group holds the numbers."""

MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May(?!(?<![a-z\d] May) (?:I|we|you)\b)"
    r"|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
"""A pattern of an English month, long or short, to be compiled with or without its capital; "May I
ask" names none, "in May I asked" does."""

LONG_MONTHS: Final = (
    "january february march april may june july august september october november december".split()
)
SHORT_MONTHS: Final = [month[:3] for month in LONG_MONTHS]

_ONLY_MONTH: Final = re.compile(MONTH, re.IGNORECASE)

YEAR: Final = r"(?:1[5-9]|20)\d\d"
"""A pattern of a year: from 1500 on, as documents are rarely of an earlier one."""

RECENT_YEAR: Final = r"(?:19|20)\d\d"
"""A pattern of a year where a bare number of four digits may well be an amount: from 1900 on."""

_MAY: Final = re.compile(
    r"\bMay\b(?! (?i:i|we|you|he|she|it|they|this|that|these|those|the|a|an|be|not|also)\b)"
)

STOP_WORDS: Final = FUNCTION_WORDS | frozenset(
    "called give given list many mention mentioned much name named per please said show tell us "
    "whether within".split()
)
"""Words of English questions that say nothing about what is asked for."""

STEMMERS: Final[Mapping[str, str]] = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch",
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "el": "greek",
    "et": "estonian",
    "fa": "persian",
    "fi": "finnish",
    "hu": "hungarian",
    "id": "indonesian",
    "lt": "lithuanian",
    "no": "norwegian",
    "pl": "polish",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Snowball's (snowballstem.org), by ISO 639-1 code; the English one is Porter 2. New ones come
last: stored stems bear the sign of a language's place."""


def leads_to_number(line: str) -> bool:
    """Tell whether a line is a name and the price or page to which dots lead."""
    return _LED.fullmatch(line.strip()) is not None


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open ranges of the sentences of `text`, white space left out.

    Together they hold every character of `text` that is not white space. A line break ends a
    sentence; a full stop does not after an abbreviation, an initial, three letters before a number
    or a German day ("3. Mai"), nor before a small letter.
    """
    spans = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if _ends_sentence(text, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := trim(text, *span))]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if not match.group().startswith(".") or match.group().startswith(".."):
        return True
    rest = text[match.end() :].lstrip()
    if rest[:1].islower() or rest[:1] in _CONTINUING:
        return False
    last = _LAST_WORD.search(text, max(0, match.start() - 12), match.start())
    word = last.group().lower() if last else ""
    if word.isdigit() and len(word) <= _LONGEST_DAY and _GERMAN_MONTH.match(rest):
        return False
    shortest = _SHORT_FORM_LENGTH if rest[:1].isdigit() else _INITIAL_LENGTH  # "Rs. 52", "J. Ward"
    is_short = len(word) <= shortest and word.isalpha()
    return not (is_short or word in _ABBREVIATIONS or _INITIALS.fullmatch(word))


def lines_between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the lines in a range of text."""
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if stop > start:
            yield start, stop
        start = stop + 1


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the range without white space at its ends; None if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open ranges of words and numbers (`1,419.5` is one)."""
    return [match.span() for match in _WORD.finditer(text)]


def without_struck(text: str) -> str:
    """Return `text` without the words that a document shows as struck (`~~49 euros~~`)."""
    return _STRUCK.sub(" ", text) if STRUCK_MARK in text else text


def words(text: str) -> list[str]:
    """Return the words of `text`, folded: lower case, no accents, `1,419` as `1419`."""
    return [fold(match.group()) for match in _WORD.finditer(text)]


def words_of_cells(text: str) -> list[str]:
    """Return the words of `text` with English months by their short names: "July" is in "Jul"."""
    return [word[:3] if _ONLY_MONTH.fullmatch(word) else word for word in words(text)]


@functools.lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return the form in which two spellings of one word or number are equal."""
    if _GROUPED.fullmatch(word):
        return word.replace(",", "")
    lowered = word.lower().replace("’", "'").removesuffix("'s")
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@functools.lru_cache(maxsize=65536)
def stem(word: str, language: str | None = None) -> str:
    """Return the Snowball stem of a folded word of a language; of one it does not know, English.

    Stems are compared with those of the same language alone.
    """
    stemmed: str = Stemmer.Stemmer(STEMMERS.get(language or "", "english")).stemWord(word)
    return stemmed


def unsaid(language: str | None = None) -> frozenset[str]:
    """Return the words that say nothing about what a question of a language asks for."""
    if language is None or language == "en":
        return STOP_WORDS
    return BY_LANGUAGE.get(language, STOP_WORDS)


def content_stems(text: str, language: str | None = None) -> list[str]:
    """Return the stems of the words of `text` that are not stop words, in order.

    May is a month, and no stop word, where `month_of_may` finds it.
    """
    may, stop = month_of_may(text), unsaid(language)
    found = words(text)
    return [stem(word, language) for word in found if word not in stop or (may and word == "may")]


def month_of_may(text: str) -> bool:
    """Tell whether May is named: it is written large, and no pronoun or verb follows."""
    return "May" in text and _MAY.search(text) is not None
