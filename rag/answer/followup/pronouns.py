"""Pronouns for what they stand for: `its disk` becomes `the LinnSequencer's disk`.

What they stand for is the topic at hand, by the preference for keeping to one topic (Grosz, Joshi
and Weinstein, Centering, 1995). English rules; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rag.answer.followup.mentions import AUXILIARY, COPULA, PREPOSITIONS, is_person, names
from rag.stop_words import QUESTION_WORDS
from rag.text import STOP_WORDS

PERSON: Final = frozenset("he him his she her hers himself herself".split())
THING: Final = frozenset("it its itself".split())
PLURAL: Final = frozenset("they them their theirs themselves".split())
POINTING: Final = frozenset("this that these those".split())
POSSESSIVE: Final = frozenset("his her its their".split())
_WORD: Final = re.compile(r"[\w'’-]+")
_DEICTIC: Final = frozenset(
    "document documents file files folder article page report corpus text week month morning "
    "season".split()
)
_PLEONASTIC: Final = re.compile(
    r"\bhow (?:cold|hot|warm|cool|windy|wet|dry|sunny|rainy|dark|late|early|far) \w+ it\b"
    r"|\bit (?:rain|snow|hail|freez|thunder)\w*"
    r"|\b(?:is|was|isn't|wasn't|be|does|did) it (?:safe|possible|likely|important|good|useful|easy"
    r"|hard|difficult|legal|allowed|necessary|true|certain|better|best|common|normal|worth)?"
    r" ?(?:to|that|if|whether)\b",
    re.IGNORECASE,
)
"""Where "it" stands for nothing: of the weather, of time, and for a clause that comes after (Lappin
and Leass, An Algorithm for Pronominal Anaphora Resolution, Computational Linguistics, 1994)."""
_JOINING: Final = frozenset("and or but".split())
_WHO_OR_WHICH: Final = frozenset("who which".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Antecedents:
    """What pronouns may stand for: a person, a thing, several things."""

    person: str = ""
    thing: str = ""
    plural: str = ""
    one: str = ""
    place: str = ""


def pronouns(question: str) -> list[tuple[int, int]]:
    """Return the spans of the pronouns that stand for something outside of the question."""
    found = list(_WORD.finditer(question))
    nothing = [match.span() for match in _PLEONASTIC.finditer(question)]
    lowered = [match.group().lower().replace("’", "'") for match in found]
    return [
        found[at].span()
        for at, word in enumerate(lowered)
        if not any(a <= found[at].start() < b for a, b in nothing)
        and _points_outside(lowered, at, question[: found[at].start()], word.split("'")[0])
    ]


def _points_outside(lowered: list[str], at: int, before: str, word: str) -> bool:
    if word in PERSON | THING | PLURAL:
        return not _stands_within(lowered, at, before, word)
    after = lowered[at + 1] if at + 1 < len(lowered) else ""
    if word == "that":
        return _is_demonstrative(lowered, at)
    if word in {"this", "these", "those"}:
        return after not in _DEICTIC | _WHO_OR_WHICH | {"year"}
    if word == "there":
        return not ({after, lowered[at - 1] if at else ""} & (AUXILIARY | {"many", "much"}))
    return word == "ones" or (word == "one" and lowered[:at][-1:] == ["the"])


def _stands_within(lowered: list[str], at: int, before: str, word: str) -> bool:
    """Tell whether the question itself says what its pronoun stands for."""
    if _asks_before(lowered, at):
        return True
    named = names(before)
    if named and (word not in PERSON or any(map(is_person, named))):
        return True
    if word not in POSSESSIVE:
        return False
    auxiliary = next((i for i in range(at) if lowered[i] in AUXILIARY - COPULA), None)
    if auxiliary is None or auxiliary + 1 >= at:
        return False
    first = lowered[auxiliary + 1]
    return first not in PERSON | THING | PLURAL | POINTING | {"you", "i", "we"}


def _asks_before(lowered: list[str], at: int) -> bool:
    """Tell whether a first question with things of its own stands before.

    "Which visits are there and what do they cost?"
    """
    joined = next((n for n in range(at - 1, 0, -1) if lowered[n] in _JOINING), 0)
    asks = any(word in QUESTION_WORDS for word in lowered[:joined])
    return asks and any(_is_own(word) for word in lowered[:joined])


def _is_own(word: str) -> bool:
    """Tell whether a word is a thing's, and no pronoun."""
    return word not in STOP_WORDS | PERSON | THING | PLURAL | POINTING | {"there", "ones"}


def _is_demonstrative(lowered: list[str], at: int) -> bool:
    if at == 0:
        return True
    before = lowered[at - 1]
    return before in PREPOSITIONS | AUXILIARY | {"and", "about"}


def resolved(question: str, stands_for: Antecedents) -> str:
    """Return the question with its pronouns replaced where something is known for them.

    Only the first mention of a thing is spelt out: `How did Ada Lovelace end her work?`
    """
    pieces: list[str] = []
    at = 0
    for start, end in pronouns(question):
        before, word, rest = question[:start], question[start:end], question[end:]
        new = _replacement(word, rest, stands_for, before=before)
        if new and not any(new.removesuffix("'s").removesuffix("'") in piece for piece in pieces):
            pieces += [question[at:start], new]
            at = end
    return "".join([*pieces, question[at:]])


def _replacement(word: str, rest: str, stands_for: Antecedents, *, before: str) -> str:
    """Return what stands in place of the word; "" to leave it."""
    lowered = word.lower().replace("’", "'")
    pronoun, _, ending = lowered.partition("'")
    phrase = _by_kind(pronoun, stands_for)
    if not phrase:
        return ""
    if pronoun == "there":
        return phrase if before.lower().endswith(("in ", "from ")) else f"in {phrase}"
    if pronoun in {"his", "its", "their"} or (pronoun == "her" and _owns(rest)):
        return possessive(phrase)
    return f"{phrase}'{ending}" if ending else phrase


def _by_kind(pronoun: str, stands_for: Antecedents) -> str:
    kinds: Mapping[str, str] = {
        **dict.fromkeys(PERSON, stands_for.person),
        **dict.fromkeys(THING, stands_for.thing),
        **dict.fromkeys(PLURAL, stands_for.plural),
        "one": stands_for.one,
        "ones": stands_for.one,
        "there": stands_for.place,
    }
    return kinds.get(pronoun, "")


def _owns(rest: str) -> bool:
    following = _WORD.match(rest.lstrip())
    return following is not None and following.group().lower() not in STOP_WORDS | PREPOSITIONS


def possessive(phrase: str) -> str:
    if phrase.endswith(("'s", "’s", "s'")):
        return phrase
    return phrase + ("'" if phrase.endswith("s") else "'s")
