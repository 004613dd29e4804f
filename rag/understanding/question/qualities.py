"""What a superlative measures: `coldest` a temperature, and the lowest. English rules."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.glossary.lexicon import english_words
from rag.text import LONG_MONTHS, stem, words

_MEASURED: Final = (
    ("depth", "deep", "shallow"),
    ("height", "tall", ""),
    ("height altitude elevation", "high", ""),
    ("length duration", "long", ""),
    ("length duration height", "", "short"),
    ("weight", "heavy", "light"),
    ("temperature", "hot warm", "cold cool chilly"),
    ("precipitation precip rain rainfall", "wet rainy", "dry"),
    ("snow snowfall", "snowy", ""),
    ("sun sunshine", "sunny", ""),
    ("wind gust", "windy", ""),
    ("gust wind", "stormy", ""),
    ("price cost fee fare", "dear pricey costly expensive", "cheap"),
    ("speed", "fast quick", "slow"),
    ("age", "old", "young"),
    ("width", "wide broad", "narrow"),
    ("thickness", "thick", "thin"),
    ("loudness noise", "loud", "quiet"),
    ("brightness", "bright", "dark"),
    ("strength", "strong", "weak"),
    ("hardness strength", "hard", ""),
    ("income wealth", "rich", "poor"),
    ("population inhabitants", "populous", ""),
    ("density", "crowded", ""),
    ("visitors traffic", "busy", ""),
)
"""What columns are called by, the adjectives for much of it, and for little."""

MIN_PART: Final = 3
"""Words that are written as one have so many letters each at least."""

_LETTERS: Final = re.compile(r"[A-Za-z]+")

_SAME: Final = (
    "precipitation precip rain rainfall",
    "height altitude elevation",
    "sun sunshine",
    "price cost",
    "wind gust",
    "population inhabitants",
)
"""Words for the same measure."""

_MEASURE: Final = re.compile(rf"\b(?:{'|'.join(' '.join(_SAME).split())})\b", re.IGNORECASE)

_HOW: Final = re.compile(r"\bhow\s+([a-z]+)", re.IGNORECASE)

_MORE: Final = {adjective: name for name, more, _ in _MEASURED for adjective in more.split()}
_LESS: Final = {adjective: name for name, _, less in _MEASURED for adjective in less.split()}
_ENDING: Final = re.compile(
    r"\b(?:(?P<degree>most|least)\s+(?P<long>[a-z]+)|(?P<short>[a-z]{3,}est))\b", re.IGNORECASE
)
_DEGREE: Final = re.compile(
    r"\b(?:(?:most|least|more|less)\s+(?P<long>[a-z]+)|(?<!\bno )(?P<short>[a-z]{3,}(?:est|er)))\b",
    re.IGNORECASE,
)
_OF_ANY: Final = frozenset({"high"})
"""Adjectives of any amount: the highest salary is of no height."""

_PICKS: Final = re.compile(
    r"(?<!\bat )\b(?:highest|largest|most|biggest|greatest|maximum|max|longest|tallest|heaviest"
    r"|deepest|lowest|smallest|least|fewest|minimum|min|shortest|lightest|cheapest)\b"
    r"(?!\s+(?:recent|likely|common|important|of|like)\b)",
    re.IGNORECASE,
)


_UNITS: Final = (
    (re.compile(r"°\s?[CF]\b|_[cf]$", re.IGNORECASE), "temperature"),
    (re.compile(r"\bkm/h\b|\bm/s\b|\bkmh\b"), "speed"),
    (re.compile(r"\bk?g\b"), "weight"),
    (re.compile(r"[$€£¥]|\b(?:EUR|USD|CHF|GBP)\b"), "price cost amount"),
)
"""What a unit in the name of a column says that it holds."""

SAME: Final = 0.9
"""How surely a word for the same measure, or a month, means what is asked."""


_EARLIER: Final = {"old": True, "early": True, "new": False, "young": False, "recent": False}
"""Whether an adjective is of what came earlier, or of what came later."""

_USUAL: Final = ("mean", "average", "total")
"""Of several columns of one measure that of its mean or total is meant: the coldest month."""


_SINCE: Final = (
    "installed founded established built opened launched started joined born since year date"
)
"""What columns are called by that tell how old a thing is, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The words of what an adjective measures, and whether the most of it is wanted."""

    attribute: str
    most: bool


def quality(text: str) -> Quality | None:
    """Return what the first superlative measures; None where none, or only a size, stands."""
    for found in _ENDING.finditer(text):
        adjective = _adjective(found)
        attribute = _MORE.get(adjective) or _LESS.get(adjective)
        if attribute is not None:
            up = (found["degree"] or "most").lower() == "most"
            return Quality(attribute=attribute, most=up == (adjective in _MORE))
    return None


def picks(text: str) -> bool:
    found = _PICKS.search(text)
    return found is not None or quality(text) is not None


def _adjective(found: re.Match[str]) -> str:
    """Return the adjective of which a degree was found: `expensive` of "most expensive"."""
    return found["long"].lower() if found["long"] else _base(found["short"])


def _base(graded: str) -> str:
    """Return the adjective of a form in -est or -er: `wettest` is wet, `sunnier` sunny."""
    base = graded.lower().removesuffix("est").removesuffix("er")
    forms = (base, base[:-1], f"{base}e", f"{base[:-1]}y", f"{base[:-1]}ey")
    return next((one for one in forms if one in _MORE or one in _LESS or one in _EARLIER), base)


@functools.cache
def _parted(word: str) -> str:
    """Return the two common words that make one which is none; "" where there are none."""
    known, small = english_words(), word.lower()
    if small in known or stem(small) in known:
        return ""
    cuts = range(len(small) - MIN_PART, MIN_PART - 1, -1)
    pairs = ((small[:n], small[n:]) for n in cuts)
    return next((f"{a} {b}" for a, b in pairs if a in known and b in known), "")


def short_months(text: str) -> dict[str, dict[str, float]]:
    """Return, by stem, short names of the question's months; none where a day is asked for."""
    named = {*words(text)}
    if "day" in named:
        return {}
    short = {month: month[:3] for month in LONG_MONTHS if month in named}
    return {stem(month): {own: SAME} for month, own in short.items() if own != month}


def same_measure(text: str) -> dict[str, dict[str, float]]:
    """Return, by stem, other words for the measures that a question names or asks for."""
    named = {word.lower(): _same(word) for word in _MEASURE.findall(text)}
    asked = {word.lower(): _attributes(word) for word in _HOW.findall(text)}
    graded = {said: _attributes(base) for said, base in _graded(text) if base not in _OF_ANY}
    return {
        stem(word): dict.fromkeys(others, SAME)
        for word, others in (named | graded | asked).items()
        if others
    }


def _graded(text: str) -> Iterator[tuple[str, str]]:
    for found in _DEGREE.finditer(text):
        yield (found["long"] or found["short"]).lower(), _adjective(found)


def _same(word: str) -> list[str]:
    named = next((group.split() for group in _SAME if word.lower() in group.split()), [])
    return [other for other in named if other != word.lower()]


def _attributes(adjective: str) -> list[str]:
    return f"{_MORE.get(adjective.lower(), '')} {_LESS.get(adjective.lower(), '')}".split()


def measured(text: str, names: Sequence[str]) -> str:
    """Return a question with the column that its superlative measures: "highest density"."""
    known = {stem(word) for name in names for word in words(name)}
    for found in _ENDING.finditer(text):
        which = _measure_in(found, names, known) or _since_in(found, known)
        if which:
            return f"{text[: found.start()]}{which}{text[found.end() :]}"
        if quality(found.group()) is not None:
            return text
    return _MEASURE.sub(lambda word: _as_called(word.group(), known), text)


def _measure_in(found: re.Match[str], names: Sequence[str], known: Collection[str]) -> str:
    """Return a superlative as the highest or lowest of the column that it measures; "" for none."""
    one = quality(found.group())
    attribute = next((w for w in one.attribute.split() if stem(w) in known), "") if one else ""
    usual = next((w for w in _USUAL if attribute and _have(names, w, attribute)), "")
    return f"{'highest' if one and one.most else 'lowest'} {usual} {attribute}" if attribute else ""


def _since_in(found: re.Match[str], known: Collection[str]) -> str:
    """Return the oldest or newest as the lowest or highest of a column of days; "" for none."""
    adjective = _adjective(found)
    column = next((word for word in _SINCE.split() if stem(word) in known), "")
    if not column or adjective not in _EARLIER or (found["degree"] or "").lower() == "least":
        return ""
    return f"{'lowest' if _EARLIER[adjective] else 'highest'} {column}"


def _as_called(word: str, known: Collection[str]) -> str:
    """Return the known word for the same measure; the word itself where it is known, or none is."""
    others = () if stem(word) in known else _same(word)
    return next((other for other in others if stem(other) in known), word)


def _have(names: Sequence[str], *wanted: str) -> bool:
    return any({stem(w) for w in wanted} <= {stem(w) for w in words(name)} for name in names)


def column_words(name: str) -> str:
    """Return a column's name, joined words apart, with what its unit says that it holds."""
    parted = [_parted(word) for word in _LETTERS.findall(name) if len(word) >= 2 * MIN_PART]
    said = [what for unit, what in _UNITS if unit.search(name)]
    return " ".join([name.replace("_", " "), *filter(None, parted), *said])
