"""The names of a sentence that stand in no cited place: people, places, organisations.

A name is told by its capitals, so only Latin script is read, and in German only where no two
common nouns stand: "von Paul Berger", "Paul Berger kaufte". What may be a name in another form is
taken for the same (inflected, spelt a little otherwise, short for it), so names that look alike
are not told apart. Pure functions over text; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rag.answer.question.languages import told_languages
from rag.months import months_in
from rag.stop_words import BY_LANGUAGE
from rag.text import fold

MIN_LETTERS: Final = 3
"""Shorter ones are initials and short forms."""

ALIKE: Final = 4
"""Words that share so many first letters may be one name in two forms: Berlin, Berliners."""

MAX_ALIKE: Final = 0.8
"""From this likeness on (difflib's) two spellings may be one name: Mueller, Müller."""

MAX_CAPITALS: Final = 0.6
"""With a larger share of capitals a sentence is a heading, in which they tell nothing."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_ACRONYM: Final = re.compile(r"\b(?:[A-Z]\.?){2,6}")
_JOIN: Final = re.compile(r"[ \u00a0-]|\. ")
_OPENING: Final = ":;!?•|“„«\"'‘([—–*>#"
_NUMBER: Final = re.compile(r"\d\D{0,2}$")
_SMALL: Final = frozenset(word for words in BY_LANGUAGE.values() for word in words)
_DETERMINERS: Final = frozenset(
    "the a an this that these those our its his her their your each every any no some which "
    "le la les l un une ce cet cette ces son sa ses leur leurs notre nos d du des au aux el los "
    "las il lo gli de het een o os as".split()
)
_NO_NAMES: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi "
    "samedi dimanche north south east west northern southern eastern western celsius fahrenheit "
    "kelvin euro euros dollar dollars franc francs pound pounds internet web table figure section "
    "chapter page appendix source sources document documents article part step note question "
    "answer earth moon sun god christmas easter yes french dutch swiss greek welsh czech thai "
    "mr mrs ms dr prof sir lord madame monsieur".split()
)
_PEOPLE: Final = re.compile(r"(?:ish|ese|i?ans?|ais|aise|aises|ois|oise|ien|ienne)$")
"""How a people is called after a country whose name may look otherwise."""

_SAME: Final = (
    frozenset("united states america american us usa".split()),
    frozenset("united kingdom britain british great uk england".split()),
    frozenset("holland netherlands dutch".split()),
    frozenset("soviet union ussr russia russian".split()),
)
_LEADS: Final = frozenset("von durch namens herr herrn frau doktor dr professor prof".split())
"""In German a name may follow them, two common nouns do not."""

_MEASURES: Final = frozenset(
    "ende anfang mitte prozent liter kilo gramm tonnen tonne meter euro franken dollar million "
    "millionen milliarde milliarden tausend tausende hundert hunderte dutzend dutzende stunden "
    "tage wochen monate jahre teil teile art typ sorte menge paar glas stück tasse reihe gruppe "
    "anzahl zahl viertel hälfte drittel".split()
)
"""In German a common noun may follow them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _CapitalWords:
    """Words with capitals one after the other, and what stands around them."""

    words: tuple[str, ...]
    written: str
    begins: bool
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToldNames:
    """What a text tells of names: its words folded, their pairs with capitals, its short forms."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    alone: frozenset[str]
    short: frozenset[str]


def unheld_names(claim: str, told: str, *, known: str = "") -> list[str]:
    """Return the names of a sentence that a text in its language does not hold.

    Those of `known`, the question say, are no invention of the answer's, and are left out.
    """
    capitals = [found.group() for found in _WORD.finditer(claim) if found.group()[0].isupper()]
    if len(capitals) > max(4, MAX_CAPITALS * len(_WORD.findall(claim))):
        return []
    is_german = "de" in (told_languages(claim) or told_languages(told) or ("de",))
    is_name = _is_name_in_german if is_german else _is_name
    held = _told(f"{told}\n{known}")
    return [run.written for run in _runs(claim) if _is_unheld(run, held, is_name=is_name(run))]


def _runs(claim: str) -> Iterator[_CapitalWords]:
    found = list(_WORD.finditer(claim))
    first = 0
    while first < len(found):
        last = first
        while last + 1 < len(found) and _goes_on(claim, found[last], found[last + 1]):
            last += 1
        if found[first].group()[0].isupper():
            yield _run(claim, found, first, last)
        first = last + 1


def _goes_on(claim: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Tell whether a word with a capital follows one with a capital in the same name."""
    between = claim[one.end() : other.start()]
    if not (one.group()[0].isupper() and other.group()[0].isupper()):
        return False
    return bool(_JOIN.fullmatch(between)) and (len(between) == 1 or len(one.group()) == 1)


def _run(claim: str, found: Sequence[re.Match[str]], first: int, last: int) -> _CapitalWords:
    """Return a run without a small word that has its capital from the sentence's beginning."""
    begins = _begins(claim, found[first].start())
    if begins and first < last and fold(found[first].group()) in _SMALL:
        first, begins = first + 1, False
    start, end = found[first].start(), found[last].end()
    before = claim[:start].rstrip()
    following = found[last + 1].group() if last + 1 < len(found) else ""
    return _CapitalWords(
        words=tuple(one.group() for one in found[first : last + 1]),
        written=claim[start:end],
        begins=begins,
        before="0"
        if _NUMBER.search(before)
        else (found[first - 1].group().lower() if first else ""),
        after="0" if claim[end : end + 2].strip()[:1].isdigit() else following,
    )


def _begins(claim: str, start: int) -> bool:
    """Tell whether a word may have its capital from where it stands alone."""
    before = claim[:start].rstrip()
    return not before or before[-1] in _OPENING or (before[-1] == "." and len(before) > start - 2)


def _looked_up(run: _CapitalWords) -> list[str]:
    """Return what of a run can be looked up, folded."""
    return [
        fold(word)
        for word in run.words
        if len(word) >= MIN_LETTERS and not word.isupper() and fold(word) not in _NO_NAMES
    ]


def _is_name(run: _CapitalWords) -> bool:
    """Tell whether a run is a name where common nouns have no capitals."""
    if len(run.words) > 1:
        return True
    word = fold(run.words[0])
    return not (run.begins or run.before in _DETERMINERS or _PEOPLE.search(word))


def _is_name_in_german(run: _CapitalWords) -> bool:
    """Tell whether a run of two words or more stands where two common nouns do not.

    What begins a main clause is one thing, and its verb follows.
    """
    if len(run.words) == 1 or run.before == "0":
        return False
    if not _MEASURES.isdisjoint(map(fold, run.words)):
        return False
    return run.before in _LEADS or (run.begins and run.after[:1].islower())


def _is_unheld(run: _CapitalWords, told: _ToldNames, *, is_name: bool) -> bool:
    """Tell whether no word of a name is held, or a pair of words is held otherwise."""
    names = _looked_up(run)
    if not names or run.after == "0" or months_in(run.written, ("en", "fr")):
        return False
    if any(_is_held(name, told) for name in names):
        return any(_is_another(one, other, told) for one, other in pairwise(names))
    initials = "".join(word[0] for word in run.words).upper()
    if any(initials in short for short in told.short):
        return False
    return is_name and not any(same & {*names} and same & told.words for same in _SAME)


def _is_held(name: str, told: _ToldNames) -> bool:
    if name in told.words or name[:ALIKE] in {word[:ALIKE] for word in told.words}:
        return True
    if any(name in word for word in told.words):
        return True
    return bool(get_close_matches(name, told.words, n=1, cutoff=MAX_ALIKE))


def _is_another(one: str, other: str, told: _ToldNames) -> bool:
    """Tell whether a text goes on otherwise wherever it names the first: Anna Keller, Anna Berg."""
    follows = {after for before, after in told.pairs if before == one}
    return (
        bool(follows)
        and one not in told.alone
        and not _PEOPLE.search(one)
        and not _is_held(other, told)
    )


@lru_cache(maxsize=64)
def _told(text: str) -> _ToldNames:
    found = list(_WORD.finditer(text))
    pairs, alone = set(), set()
    for one, other in pairwise([*found, None]):
        if one is not None and one.group()[0].isupper():
            joined = other is not None and _goes_on(text, one, other)
            if joined and other is not None:
                pairs.add((fold(one.group()), fold(other.group())))
            else:
                alone.add(fold(one.group()))
    return _ToldNames(
        words=frozenset(fold(one.group()) for one in found),
        pairs=frozenset(pairs),
        alone=frozenset(alone),
        short=frozenset(one.group().replace(".", "") for one in _ACRONYM.finditer(text)),
    )
