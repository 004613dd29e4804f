"""Which of the languages that there are lists of a text is in. Knows function words and the lists.

Sentences tell by their function words. Of a few words, as a heading or what is typed into a search
box, most must be known in one language and be no English ones.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from rag.glossary.lexicon import LANGUAGES, LETTERS, lexicon
from rag.glossary.word_vectors import english_words
from rag.stop_words import languages_of

LEAST_LETTERS: Final = 3
"""Shorter words are of any language."""

MOST_FEW: Final = 12
"""A text of more words that tells no language by its function words is a table, or names."""


def glossed_language(text: str) -> str | None:
    """Return the language (ISO 639-1) that a text is in; None of English, and where none is told.

    Where it may be in one of several, it is in the one that knows most of its words.
    """
    if "¿" in text or "¡" in text:
        return "es"
    said = LETTERS.findall(text)
    told = languages_of([word.lower() for word in said])
    likely = [code for code in told or LANGUAGES if code in LANGUAGES]
    if not likely or (told and told[0] == "en" and len(told) == 1):
        return None
    if told and len(told) == 1:
        return told[0]
    words = [word.lower() for word in said if len(word) >= LEAST_LETTERS]
    return _by_words(words, likely) if told or len(said) <= MOST_FEW else None


def _by_words(words: Sequence[str], likely: Sequence[str]) -> str | None:
    """Return the language that holds most of the words; None where English holds as many."""
    others = [word for word in words if not is_english(word)]
    held = {code: sum(bool(lexicon(code).held(word)) for word in others) for code in likely}
    best = max(likely, key=lambda code: held[code])
    english = len(words) - len(others)
    return best if held[best] > max(english, len(others) - held[best] - 1, 0) else None


def is_english(word: str) -> bool:
    """Tell whether a small word is a common English one."""
    return word in english_words() or word in _told_in_english()


@functools.cache
def _told_in_english() -> frozenset[str]:
    found = (english for code in LANGUAGES for english in lexicon(code).listed.values())
    return frozenset(word for told in found for english in told for word in english.split())
