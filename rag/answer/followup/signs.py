"""Does a question lean on an earlier one? Signs in its words, weighed. Knows no model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rag.answer.base.logistic import logistic
from rag.answer.followup.mentions import content, names
from rag.answer.followup.pronouns import pronouns
from rag.stop_words import ENGLISH
from rag.text import STOP_WORDS, words

_OPENING: Final = re.compile(
    r"\s*(?:(?:and|but|or|so|also|then|what about|how about|what of|what if|how so|since when"
    r"|which ones?(?! of))\b"
    r"|why(?: not)?\W*$)",
    re.IGNORECASE,
)
_AGAIN: Final = re.compile(
    r"\W*(?:(?:and|but|ok|so|please|say (?:it|that)|tell me|can you|make it)\b\W*)*"
    r"(?:are you (?:quite |really )?(?:sure|certain)|really"
    r"|is (?:that|this|it) (?:true|right|correct)"
    r"|says who|who (?:said|says|told you) (?:so|that|this|it)|how do you know(?: that| this)?"
    r"|where (?:does (?:it|that|this) (?:say|stand|come from)|is (?:that|this|it) (?:from|written))"
    r"(?: that| so| this)?|(?:what(?:'s| is) )?(?:your|the)? ?sources?|(?:in short|shorter|shortly"
    r"|briefly|in other words|again|repeat(?: that)?|simpler|in (?:english|german|french|spanish))"
    r"(?: please)?)\W*",
    re.IGNORECASE,
)
_MORE: Final = frozenset("another other others else same former latter both neither more".split())
_WHOLE: Final = re.compile(
    r"\bmore\b[^?.]{0,200}\bthan\b|\bboth\b[^?.]{0,200}\band\b", re.IGNORECASE
)
"""What "more" and "both" speak of is said in the question itself."""
_BARE: Final = re.compile(
    r"\bthe (?:[\w'-]+ ){0,1}(?!most\b|same\b)[\w'-]+"
    r"(?=\?|\.?$| (?:is|are|was|were|do|does|did|has|have|like|called)\b)",
    re.IGNORECASE,
)
_MOST_UNKNOWN: Final = 6
WEIGHTS: Final[Mapping[str, float]] = {
    "pronoun": 4.2,
    "more": 1.9,
    "bare": 0.45,
    "name": -2.45,
    "unknown": -1.2,
}
BIAS: Final = 2.4
"""Fitted by logistic regression on conversations of CANARD: questions that were rewritten, against
their rewrites and those of other conversations (how well it does:
benchmarks/answers/rewriting.py)."""

LEANS_FROM: Final = 0.45
"""Chance from which a question that points back is rewritten."""

RELATED_FROM: Final = 0.05
"""Chance from which the words of the topic are searched along with a thing of which is not said
whose it is. Of other questions they cost up to twenty points of the facts told where the
conversation was about something else; see benchmarks/LOG.md."""


def opens_as_follow_up(question: str) -> bool:
    return bool(_OPENING.match(question))


def names_nothing(text: str) -> bool:
    """Whether all of its words are such as name nothing: "why?", "how many are there"."""
    found = words(text)
    return bool(found) and all(word in ENGLISH | STOP_WORDS for word in found)


def asks_again(question: str) -> bool:
    """Whether it asks for nothing but the last answer: surer, shorter, in other words."""
    return _AGAIN.fullmatch(question) is not None


def names_barely(question: str) -> bool:
    """Whether it names a thing of which it does not say whose it is: "the largest load"."""
    return _BARE.search(question) is not None


def points_back(question: str) -> bool:
    """Whether a word of the question stands for something said earlier."""
    return bool(pronouns(question)) or asks_more(question)


def asks_more(question: str) -> bool:
    """Whether it asks for another of what was spoken of."""
    return not _MORE.isdisjoint(words(_WHOLE.sub("", question)))


def chance_of_leaning(question: str, before: set[str]) -> float:
    """Return how likely the question needs an earlier one; `before` are the words said so far."""
    score = BIAS + sum(WEIGHTS[sign] * value for sign, value in signs(question, before).items())
    return logistic(score)


def signs(question: str, before: set[str]) -> dict[str, float]:
    """Return how strong each sign is. `unknown` counts words that nobody has said yet."""
    return {
        "pronoun": bool(pronouns(question)),
        "more": asks_more(question),
        "bare": names_barely(question),
        "name": bool(names(question)),
        "unknown": min(_MOST_UNKNOWN, len(content(question) - before)),
    }
