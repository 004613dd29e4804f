"""Parts of a question's words: its core, the thing it names after `which`, its names and years.

English rules over words alone; `question` keeps what they find.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Final

from rag.stop_words import ENGLISH, QUESTION_WORD, languages_of
from rag.text import LONG_MONTHS, STOP_WORDS, content_stems, fold, stem, words

_I: Final = re.IGNORECASE

_ASKING: Final = rf"(?:{QUESTION_WORD}|(?:is|are|was|were|do|does|did|has|have|can)\b)"
_OPENING: Final = re.compile(
    r"^(?:in|for|according to|on|at|per|from|based on|within|of)\b"
    r"(?!\s+(?:what|which|whose)\b).{3,}?[,:]\s+"
    rf"(?=(?:(?:in|by|at|on|to|for|of|with|from)\s+)?{_ASKING})",
    _I | re.DOTALL,
)
_MONTHS: Final = {stem(month): month[:3] for month in (*LONG_MONTHS, "sept")}


_CAPITALISED: Final = re.compile(r"\b[^\W\d_a-z][\w'’&.-]*")
_NUMBER_SIGN: Final = re.compile(r"(?<=\s)#(?=[\s:]|$)|№|\b(?:No|Nr)\.(?=[\s:]|$)")
_MIN_LETTERS: Final = 3
_LIGHT: Final = frozenset(
    "get gets got come comes came coming going goes went gone make makes made take takes took put"
    " want wants need needs say says see know find use let keep look help".split()
)
"""Verbs that mean what stands beside them: others stand for them nowhere."""
_FISCAL: Final = re.compile(r"\bfy\s?(?=\d)", re.IGNORECASE)
_LONG_OPENING: Final = 12
"""Characters, comma and spaces included."""

REGION_WORDS: Final = 40
"""So many words of a part of a page are searched with the question about it."""

Stems = frozenset[str]


def alias(stem_: str) -> str:
    """Return the stem of a month's short name for its long one; any other as it is."""
    return _MONTHS.get(stem_, stem_)


@functools.lru_cache(maxsize=16384)
def stems_of(text: str, language: str | None = None) -> Stems:
    """Return the stems of a text; a month's long and short names are one, `#` is a number."""
    return frozenset(map(alias, content_stems(_NUMBER_SIGN.sub(" number ", text), language)))


@functools.lru_cache(maxsize=4096)
def content_of(text: str, language: str | None = None) -> frozenset[str]:
    """Return the stems of a text as they are; a sentence's are asked for by several stages."""
    return frozenset(content_stems(text, language))


def share(stems: Collection[str], found: Collection[str]) -> float:
    """Return how many of the stems are found, in 0..1; 0 of none."""
    return sum(stem in found for stem in stems) / len(stems) if stems else 0.0


def core_question(question: str) -> str:
    """Return the question without an opening that ends in a comma or colon before `what`."""
    opening = _OPENING.match(question)
    return question[opening.end() :] if opening else question


def asked_of_passage(question: str) -> str:
    """Return the question without a long opening: it names the document, and fits all of it.

    A short one ("In 2018, ...") is part of what is asked.
    """
    core = core_question(question)
    return core if len(question) - len(core) >= _LONG_OPENING else question


def without_fiscal(question: str) -> str:
    """Return the question with "FY2021" as 2021."""
    return _FISCAL.sub("", question)


def reworded_words(question: str) -> tuple[str, ...]:
    """Return the words of an English question that documents may say otherwise, each once.

    No name, and none that tells nothing; () for a question in another language.
    """
    found = words(question)
    languages = languages_of(found)
    if languages and "en" not in languages:
        return ()
    capitals = {fold(word) for word in question.split()[1:] if word[:1].isupper()}
    unsaid = STOP_WORDS | ENGLISH | _LIGHT | capitals
    telling = (word for word in found if len(word) >= _MIN_LETTERS and word.isalpha())
    return tuple(dict.fromkeys(word for word in telling if word not in unsaid))


def names_in(question: str, core: str, language: str | None) -> list[str]:
    """Return the stems of capitalised words that begin neither the question nor its core."""
    found = [
        match.group()
        for match in _CAPITALISED.finditer(question)
        if match.start() not in (0, len(question) - len(core))
    ]
    return content_stems(" ".join(found), language)
