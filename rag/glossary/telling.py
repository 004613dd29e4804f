"""Which of the languages that there are lists of a text is in. Knows function words and the lists.

Sentences tell by their function words; what is surely in another language by its letters (Swedish,
Romanian) is in none of these, whose words it may share. Of a few words, as a heading or what is
typed into a search box, most must be known in one language and be no English ones.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from rag.glossary.english import english_words
from rag.glossary.lexicon import LANGUAGES, LETTERS, lexicon
from rag.languages import chances, is_foreign_question, told_language
from rag.stop_words import languages_of
from rag.text import SHORT_MONTHS

MIN_LETTERS: Final = 3
"""Shorter words are of any language."""

TOLD: Final = 2
"""What each word counts that the one language holds which function words tell."""

MIN_CHANCE: Final = 0.1
"""By its letters, of the language that words tell, where they are surely not English."""

MAX_READ: Final = 100
"""So many words of a text are looked up at most."""


def glossed_language(text: str) -> str | None:
    """Return the language (ISO 639-1) that a text is in; None of English, and where none is told.

    Where it may be in one of several, it is in the one that knows most of its words.
    """
    if "¿" in text or "¡" in text:
        return "es"
    said = LETTERS.findall(text)
    told = languages_of([word.lower() for word in said])
    likely = [code for code in told or LANGUAGES if code in LANGUAGES]
    words = [word.lower() for word in said if len(word) >= MIN_LETTERS]
    found = _by_words(words[:MAX_READ], likely, told) if likely and words else None
    return found if found and _may_be_in(found, text) else None


def _may_be_in(language: str, text: str) -> bool:
    """Tell whether letters leave it open, as of a few words, or are those of a listed language."""
    told = told_language(text)
    if told is not None:
        return told in ("en", *LANGUAGES)
    return not is_foreign_question(text) or chances(text)[language] >= MIN_CHANCE


def _by_words(words: Sequence[str], likely: Sequence[str], told: Sequence[str]) -> str | None:
    """Return the language that holds most of the words; None where English holds as many.

    Where function words told one language, half as many are enough, and words of both are English
    ones no more: single letters of a table are function words, too.
    """
    held = {code: [word for word in words if lexicon(code).held(word)] for code in likely}
    own = {code: [word for word in found if not is_english(word)] for code, found in held.items()}
    best = max(likely, key=lambda code: len(own[code]))
    english = sum(map(is_english, words))
    unknown = len(words) - english - len(own[best])
    if len(told) > 1 or not told:
        return best if len(own[best]) > english and len(own[best]) + 1 >= unknown else None
    english -= len(held[best]) - len(own[best])
    counted = TOLD * len(own[best])
    return best if held[best] and counted >= english and counted + 1 >= unknown else None


def is_english(word: str) -> bool:
    """Tell whether a small word is a common English one, or a month's short name: "Mar"."""
    return word in english_words() or word in _told_in_english() or word in SHORT_MONTHS


@functools.cache
def _told_in_english() -> frozenset[str]:
    found = (english for code in LANGUAGES for english in lexicon(code).listed.values())
    return frozenset(word for told in found for english in told for word in english.split())
