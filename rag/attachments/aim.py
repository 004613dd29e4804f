"""Whether a question is about what is attached, about the documents, or about both.

A question that points, or names nothing, is about what lies there. One that names something is
about the place where that stands: words count by how rare they are among the documents. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from rag.datamodel import Attachment
from rag.text import content_stems, fold, stem

Aim = Literal["attachments", "documents", "both", "either"]

HELD: Final = 0.5
"""Share of what is named, by weight, that stands on an attachment which is asked about."""

TOUCHED: Final = 0.12
"""Under this share it is not asked about, unless the question points at it."""

_PICTURE: Final = (
    "(?:picture|photo|image|chart|graph|diagram|drawing|screenshot|receipt|scan|file|document|page|"
    "attachment)"
)
_IT: Final = "(?:this|that|it|these|those|here)"
_PLAIN: Final = frozenset(
    stem(fold(word))
    for word in "picture photo photograph image chart graph plot bar line slice column axis "
    "diagram drawing figure screenshot scan file document attachment attached pdf page "
    "sheet table slide receipt invoice bill ticket "
    "card sign this that these those it its here there above below one thing something anything "
    "describe description explain show shows shown depict see seen look summarise summarize tell "
    "say says read written text words lettering trend compare comparison difference develop "
    "development value values number numbers amount total sum date day time shop store company "
    "pay paid cost bought buy purchase item items highest largest biggest lowest smallest most "
    "least maximum minimum average what's whats who's how's please kind type color colour title "
    "first second third last both two three many much long large big high low one price prices "
    "currency change cash tax spend spent charged altogether answer question info information "
    "comment write together altogether combined overall sum".split()
)
"""Stems of words that name nothing of the documents: they ask about what lies there."""

_STORE: Final = (
    "(?:documents|files|manuals?|folder|library|reports|collection|archive|papers|contracts?|"
    "guidelines|polic(?:y|ies)|records)"
)
_DOCUMENTS: Final = re.compile(
    r"\b(?:which|what) (?:document|file|report|page|manual|paper|slide)s? "
    r"(?:is|was|does|do|are|has|have|mentions?|contains?|shows?)\b|"
    rf"\b(?:our|the|my|all|other|in|any) (?:\w+ )?{_STORE}\b|"
    r"\bdo we have\b|\bwe have (?:on|about)\b|\belsewhere\b|"
    r"\bwhere (?:is|does|did) (?:this|it|that) (?:\w+ )?(?:from|come|stand|appear)"
)
_THIS: Final = re.compile(
    rf"\b(?:{_IT}|attached|both {_PICTURE}s|"
    rf"(?:the|which|my) (?:attached|first|second|third|last|{_PICTURE}))\b"
)
_SHOWN: Final = re.compile(
    r"^(?:(?:so|and|ok|please|can you|could you)[ ,]+)*"
    r"(?:what(?:'s| is| are|s| does| do)?|describe|explain|tell me about|was ist|que es|"
    r"qu'est-ce que)?(?: (?:exactly|on|in|the|my|attached|shows?|see|about|all|c'est|das|dies|"
    rf"esto|{_IT}|{_PICTURE}))*"
    r"\W*$"
)
_KIND: Final = re.compile(
    r"^(?:(?:so|and|please|tell me) )*(?:what|which|who)\b.{0,30}\b(?:"
    r"animals?|birds?|fish|dogs?|cats?|breeds?|insects?|species|"
    r"plants?|flowers?|trees?|fruits?|vehicles?|cars?|planes?|aircraft|ships?|boats?|things?|"
    r"objects?|persons?|people|man|woman|building)\b"
    r"|^who(?: is|'s| are) (?:this|that|it|he|she|they)\b|\bwhat (?:do|can) you see\b"
)
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_ORDINAL: Final = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_ORDINALS)}|last)|(?:no\.?|number|#)\s?(?P<number>\d))\b",
    re.IGNORECASE,
)

Frequencies = Callable[[Sequence[str]], tuple[Mapping[str, int], int]]


def aim_of(question: str, share: float) -> Aim:
    """Return what the question is about; `either` where the words alone do not tell.

    `share` is that of `held_share` for the lettering of what is attached.
    """
    if _DOCUMENTS.search(_folded(question)):
        return "both"
    if share >= HELD:
        return "attachments"
    if share < TOUCHED and not points(question):
        return "documents"
    return "either"


def held_share(question: str, text: str, frequencies: Frequencies) -> float:
    """Return the share of what the question names, by rarity, that the text holds; 1 of nothing."""
    asked = named(question)
    if not asked:
        return 1.0
    counts, total = frequencies(asked)
    weights = {stem: 1 + math.log((total + 1) / (counts.get(stem, 0) + 1)) for stem in asked}
    known = set(content_stems(text))
    return sum(weight for stem, weight in weights.items() if stem in known) / sum(weights.values())


def points(question: str) -> bool:
    """Tell whether the question points at what is attached: this, here, the picture."""
    return bool(_THIS.search(_folded(question)))


def asks_what_it_is(question: str) -> bool:
    """Tell whether no more is asked than what lies there: what is this, describe it, nothing."""
    return bool(_SHOWN.search(_folded(question)))


def asks_for_thing(question: str) -> bool:
    """Tell whether it is asked what thing is to be seen, not what stands written."""
    return bool(_KIND.search(_folded(question)))


def named(question: str) -> list[str]:
    """Return the stems of the words that name something, in order: all but those that only ask."""
    return [each for each in content_stems(question) if each not in _PLAIN]


def chosen(given: Sequence[Attachment], question: str) -> tuple[Attachment, ...]:
    """Return the attachments that the question means: by name or number; all if by none."""
    said = question.lower()
    by_name = tuple(a for a in given if "." in a.name and a.name.rpartition(".")[0].lower() in said)
    places = {_place(found, len(given)) for found in _ORDINAL.finditer(question)}
    by_number = tuple(given[n] for n in sorted(places) if 0 <= n < len(given))
    return by_name or by_number or tuple(given)


def _place(found: re.Match[str], count: int) -> int:
    if found["number"]:
        return int(found["number"]) - 1
    word = found["word"].lower()
    return count - 1 if word == "last" else _ORDINALS.index(word)


def _folded(question: str) -> str:
    return " ".join(fold(word) for word in question.lower().replace("’", "'").split())
