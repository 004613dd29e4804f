"""What speaks for and against a sentence by plain matching with a text: numbers, names, words.

Pure functions over text. Knows no model; `rag.answer.trust.verify` weighs what is found here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rag.answer.trust.numbers import numbers_in, unfound_numbers
from rag.text import MONTH, fold, sentence_spans, stem, unsaid, word_spans, words

Rarity = Callable[[str], float]
"""What a stem weighs: the rarer in the documents, the more."""

_MONTH: Final = re.compile(MONTH)
NEGATIONS: Final = frozenset(
    "not no never none neither nor without cannot fail fails failed isn't aren't wasn't weren't "
    "doesn't don't didn't hasn't haven't hadn't won't wouldn't can't couldn't shouldn't "
    "nicht kein keine keinen keinem keiner keines nie niemals nirgends pas jamais aucun aucune "
    "nunca ningun ninguna nessun nessuno nessuna".split()
)
_OPPOSITES: Final = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("increas rose rise risen grew grow growth gain gained", "decreas declin fell fall drop"),
        ("higher more greater larger above", "lower less fewer smaller below"),
        ("befor earlier", "after later"),
        ("first", "last"),
        ("most", "least"),
        ("largest highest biggest", "smallest lowest"),
        ("alway", "never"),
        ("profit", "loss"),
        ("allow permit", "prohibit forbid forbidden"),
        ("includ", "exclud"),
        ("north", "south"),
        ("east", "west"),
        ("open", "close"),
        ("win won", "lost lose"),
        ("best", "worst"),
        ("maximum", "minimum"),
        ("old older oldest", "young younger youngest new newer newest"),
        ("left", "right"),
        ("start began begin", "end ended finish"),
    )
)
MOST_REPLACED: Final = 6
"""More words than these in the place of others are no exchange of one."""

NEAR_WORDS: Final = 14
"""What stands within so many words of a number or a name is close to it."""

LEAST_PREFIX: Final = 5
"""Stems that share so many first letters are taken for one word: acquire, acquisition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text that may support a sentence; `lead` (file, title, headings) is known with it.

    Both are compared by the stems of a `language` (ISO 639-1); of one that isn't told, of English.
    """

    text: str
    lead: str = ""
    language: str | None = None


def matching(claim: str, passage: Passage, rarity: Rarity) -> dict[str, float]:
    """Return the signs by name, each about 0 to 1; what speaks against is named `no_...`."""
    told = f"{passage.lead}\n{passage.text}"
    language = passage.language
    known = _stems(told, language)
    wanted = list(dict.fromkeys(_content(claim, language)))
    numbers = unfound_numbers(claim, told)
    names = _names(claim, told, language)
    first, last = best_window(claim, passage, rarity)
    best = passage.text[first:last]
    return {
        "cover": _share(wanted, known, rarity),
        "order": _order(claim, passage),
        "no_number": float(bool(numbers)),
        "no_name": sum(name not in known for name in names) / max(1, len(names)),
        "apart": _apart(claim, passage, rarity),
        **_edits(claim, best, language),
        "no_opposite": _opposites(claim, best, language),
        "has_number": float(bool(numbers_in(claim))),
    }


def _names(claim: str, told: str, language: str | None) -> list[str]:
    """Return the stems of capitalised words; of a sentence's first only if the text has it so."""
    found = []
    for start, end in word_spans(claim):
        word = claim[start:end]
        begins = _begins(claim, start)
        if not word[0].isupper() or (begins and word not in told) or fold(word) in unsaid(language):
            continue
        found.append(stem(fold(word), language))
    return list(dict.fromkeys(found))


def _begins(claim: str, start: int) -> bool:
    """Tell whether what begins there begins the sentence: its capital may say nothing."""
    return not claim[:start].strip(" *“\"'(—-•")


@lru_cache(maxsize=512)
def _stems(text: str, language: str | None) -> frozenset[str]:
    return frozenset(stem(word, language) for word in words(text))


def _content(text: str, language: str | None) -> list[str]:
    return [stem(word, language) for word in _telling(words(text), language)]


def _share(wanted: Sequence[str], known: frozenset[str], rarity: Rarity) -> float:
    """Return how much of what is wanted is known, the rare words counting more."""
    total = math.fsum(map(rarity, wanted))
    if not total:
        return 1.0
    prefixes = {one[:LEAST_PREFIX] for one in known if len(one) >= LEAST_PREFIX}
    held = [s for s in wanted if s in known or (s[:LEAST_PREFIX] in prefixes and s.isalpha())]
    return math.fsum(map(rarity, held)) / total


def best_window(claim: str, passage: Passage, rarity: Rarity) -> tuple[int, int]:
    """Return the range of the sentence, or of two in a row, that holds most of the claim."""
    text, language = passage.text, passage.language
    wanted = list(dict.fromkeys(_content(claim, language)))
    spans = sentence_spans(text)
    pairs = [(a[0], b[1]) for a, b in pairwise(spans)]
    return max(
        (*spans, *pairs),
        # Of equals the shorter: a thousand characters more are worth a hundredth.
        key=lambda span: (
            _share(wanted, _stems(text[slice(*span)], language), rarity) - (span[1] - span[0]) / 1e5
        ),
        default=(0, len(text)),
    )


def _order(claim: str, passage: Passage) -> float:
    """Return how many of the claim's neighbouring content words stand in that order, close by."""
    own = _content(claim, passage.language)
    if len(own) < 2:  # noqa: PLR2004 - a pair is two
        return 1.0
    there = _content(passage.text, passage.language)
    close = {(a, b) for n, a in enumerate(there) for b in there[n + 1 : n + 5]}
    pairs = list(pairwise(own))
    return sum(pair in close for pair in pairs) / len(pairs)


def _apart(claim: str, passage: Passage, rarity: Rarity) -> float:
    """Return how little of the claim stands near its number or name that fits worst, 0 to 1.

    In a table what is near is the row and its header.
    """
    language = passage.language
    items = [fold(m.group()) for m in re.finditer(r"\d+(?:[.,]\d+)*", claim)]
    items += [w for w in dict.fromkeys(_names(claim, passage.text, language)) if w not in items]
    wanted = list(dict.fromkeys(_content(claim, language)))
    lead = _stems(passage.lead, language)
    worst = 1.0
    for item in items[:6]:
        rest = [one for one in wanted if one != stem(item, language)]
        places = list(_near(item, passage))
        if places and rest:
            best = max(_share(rest, place | lead, rarity) for place in places[:40])
            worst = min(worst, best)
    return 1 - worst


def _near(item: str, passage: Passage) -> Iterator[frozenset[str]]:
    text, language = passage.text, passage.language
    sought = stem(item, language)
    header = text.partition("\n")[0] if "|" in text.partition("\n")[0] else ""
    told = _stemmed(words(text), language)
    for row in text.split("\n"):
        if "|" in row and sought in _stems(row, language):
            yield _stems(row, language) | _stems(header, language)
    for n, word in enumerate(told if "|" not in text else ()):
        if word == sought:
            yield frozenset(told[max(0, n - NEAR_WORDS) : n + NEAR_WORDS + 1])


def _edits(claim: str, window: str, language: str | None) -> dict[str, float]:
    """Return what differs between a claim and the text it is nearest to, word by word.

    A word in another's place between words that agree, a denial that is only in one of both: what
    looks most like the text may say the contrary.
    """
    own, there = words(claim), words(window)
    matcher = SequenceMatcher(
        None, _stemmed(own, language), _stemmed(there, language), autojunk=False
    )
    codes = matcher.get_opcodes()
    inner = [code for code in codes if code[0] != "equal"]
    replaced = {
        word
        for kind, a, b, c, d in inner
        if kind == "replace"
        and (c > 0 or a == 0)
        and (d < len(there) or b == len(own))
        and max(b - a, d - c) <= MOST_REPLACED
        for word in _telling(own[a:b], language)
        if not _is_like(word, there[c:d], language) and _telling(there[c:d], language)
    }
    added = [w for _, a, b, _, _ in inner for w in own[a:b] if w in NEGATIONS]
    first = next((c for kind, _, _, c, _ in codes if kind == "equal"), 0)
    last = max((d for kind, _, _, _, d in codes if kind == "equal"), default=0)
    lost = [w for _, _, _, c, d in inner if first <= c < d <= last for w in there[c:d]]
    capitals = {
        fold(claim[a:b])
        for a, b in word_spans(claim)
        if claim[a].isupper()
        and (not _begins(claim, a) or claim[a:b] in window)
        and not _MONTH.fullmatch(claim[a:b])  # looked up by themselves
    }
    return {
        "no_same_word": min(1.0, len(replaced) / 2),
        "no_same_name": float(bool(replaced & capitals)),
        "no_same_number": float(any(word[0].isdigit() for word in replaced)),
        "no_denial": float(bool(added)),
        "no_lost_denial": float(any(word in NEGATIONS for word in lost)),
    }


def _stemmed(found: Sequence[str], language: str | None) -> list[str]:
    return [stem(word, language) for word in found]


def _telling(found: Sequence[str], language: str | None) -> list[str]:
    return [word for word in found if word not in unsaid(language)]


def _is_like(word: str, others: Sequence[str], language: str | None) -> bool:
    begins, own = word[:LEAST_PREFIX], stem(word, language)
    return any(own == stem(other, language) or begins == other[:LEAST_PREFIX] for other in others)


def _opposites(claim: str, window: str, language: str | None) -> float:
    """Tell whether the claim says "rose" where the text says "fell"."""
    own, there = _stems(claim, language), _stems(window, language)
    return float(
        any(
            own & a and not own & b and there & b and not there & a
            for pair in _OPPOSITES
            for a, b in (pair, pair[::-1])
        )
    )
