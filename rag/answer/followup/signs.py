"""Does a question lean on an earlier one? Signs in its words, weighed. Knows no model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rag.answer.base.logistic import logistic
from rag.answer.followup.mentions import content, names
from rag.answer.followup.pronouns import pronouns
from rag.text import words

_OPENING: Final = re.compile(
    r"\s*(?:(?:and|but|or|so|also|then|what about|how about|what of|what if|how so|since when)\b"
    r"|why(?: not)?\W*$)",
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
_ORDER: Final = re.compile(
    r"\s*(?:please )?(?:list|show|name|enumerate|give|tell|describe|explain|summari[sz]e)\b",
    re.IGNORECASE,
)
"""What an order names is its own: "list the staff" is asked of all documents."""
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


def names_barely(question: str) -> bool:
    """Whether it names a thing of which it does not say whose it is: "the largest load"."""
    return _BARE.search(question) is not None


def points_back(question: str) -> bool:
    """Whether a word of the question stands for something said earlier, or it says but one."""
    told = not names_barely(question) or _ORDER.match(question) is not None
    bare = not told and len(content(question)) == 1
    return bare or bool(pronouns(question)) or asks_more(question)


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
