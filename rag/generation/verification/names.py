"""The names of a sentence that a text does not hold: people, places, organisations.

A name is told by its capitals, so only Latin script is read, and in German only where no two
common nouns stand: "von Paul Berger", "Paul Berger kaufte". Words that begin alike may be one name
in two forms, and are not told apart. Pure functions over text; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rag.languages import languages_in
from rag.months import months_in
from rag.stop_words import BY_LANGUAGE
from rag.text import fold

MIN_LETTERS: Final = 3
"""Shorter ones are initials and short forms."""

ALIKE: Final = 4
"""Words that share so many first letters may be one name in two forms: Berlin, Berliners."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_OPENING: Final = ":;!?•|“„«\"'‘([—–*>#"
_SMALL: Final = frozenset(word for words in BY_LANGUAGE.values() for word in words)
_DETERMINERS: Final = frozenset(
    "the a an this that these those our its his her their your each every any no some which "
    "le la les l un une ce cet cette ces son sa ses leur leurs notre nos d du des au aux el los "
    "las il lo gli de het een o os as".split()
)
_NO_NAMES: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday celsius fahrenheit euro euros dollar "
    "dollars table figure section chapter page source sources document documents yes mr mrs ms dr "
    "prof".split()
)
_LEADS: Final = frozenset("von durch namens herr herrn frau doktor dr professor prof".split())
"""In German a name may follow them, two common nouns do not."""


def unheld_names(claim: str, source: str, *, known: str = "") -> list[str]:
    """Return the names of a sentence that a text in its language does not hold.

    Those of `known`, the question say, are no invention of the answer's, and are left out.
    """
    is_german = "de" in (languages_in(claim) or languages_in(source) or ("de",))
    is_name = _is_german_name if is_german else _is_name
    return [
        claim[run[0].start() : run[-1].end()]
        for run in _runs(claim)
        if is_name(claim, run) and _is_unheld(run, source, known)
    ]


def _runs(claim: str) -> Iterator[list[re.Match[str]]]:
    """Yield the words with capitals that follow each other, without a small word that opens."""
    run: list[re.Match[str]] = []
    for word in (*_WORD.finditer(claim), None):
        between = claim[run[-1].end() : word.start()] if run and word else ""
        is_joined = between in {" ", "\u00a0", "-"} or (between == ". " and len(run[-1][0]) == 1)
        is_capital = word is not None and word[0][0].isupper()
        if run and not (is_joined and is_capital):
            is_small = len(run) > 1 and _opens(claim, run) and fold(run[0][0]) in _SMALL
            yield run[1:] if is_small else run
            run = []
        if word is not None and is_capital:
            run.append(word)


def _opens(claim: str, run: list[re.Match[str]]) -> bool:
    """Tell whether the first word may have its capital from where it stands alone."""
    before = claim[: run[0].start()].rstrip()
    return before[-1:] in {"", ".", *_OPENING}


def _is_name(claim: str, run: list[re.Match[str]]) -> bool:
    """Tell whether a run is a name where common nouns have no capitals."""
    before = _WORD.findall(claim[: run[0].start()])
    follows_article = bool(before) and before[-1].lower() in _DETERMINERS
    return len(run) > 1 or not (_opens(claim, run) or follows_article)


def _is_german_name(claim: str, run: list[re.Match[str]]) -> bool:
    """Tell whether a run of two words or more stands where two common nouns do not.

    What begins a main clause is one thing, and its verb follows.
    """
    before, after = _WORD.findall(claim[: run[0].start()]), _WORD.search(claim, run[-1].end())
    has_verb = _opens(claim, run) and after is not None and after[0][0].islower()
    return len(run) > 1 and (has_verb or bool(before and before[-1].lower() in _LEADS))


def _is_unheld(run: list[re.Match[str]], source: str, known: str) -> bool:
    """Tell whether the last word of a name is not told, nor any of it known: a surname, a kind.

    What is numbered, and a month, is looked up as such.
    """
    claim, end = run[0].string, run[-1].end()
    names = [fold(word[0]) for word in run if len(word[0]) >= MIN_LETTERS and not word[0].isupper()]
    names = [name for name in names if name not in _NO_NAMES]
    is_numbered = claim[end : end + 2].strip()[:1].isdigit()
    if not names or is_numbered or months_in(claim[run[0].start() : end], ("en", "fr")):
        return False
    return not (_holds(source, names[-1]) or any(_holds(known, name) for name in names))


def _holds(text: str, name: str) -> bool:
    return any(name in word or name[:ALIKE] == word[:ALIKE] for word in _words(text))


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in _WORD.findall(text))
