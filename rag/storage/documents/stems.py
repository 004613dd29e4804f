"""Stems of words in the languages that the index knows, beside the English ones that it keeps.

SQLite's tokenizer cuts every word as an English one (Porter 1980). The words of a document in
another language are kept once more, as stems of that language; each bears a sign of it, so that it
meets no word of another. Knows text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rag.stop_words import BY_LANGUAGE
from rag.text import STEMMERS, stem

LANGUAGES: Final = tuple(code for code in STEMMERS if code != "en")
"""By ISO 639-1 code."""

_SIGNS: Final = {code: chr(0xE000 + n) for n, code in enumerate(LANGUAGES)}
"""Of Unicode's private use, which SQLite takes for letters."""

_WORD: Final = re.compile(r"[^\W\d_]+")


def stemmed(folded: str, language: str) -> str:
    """Return the stems of a text's words, function words left out."""
    unsaid = BY_LANGUAGE[language]
    found = (word for word in _WORD.findall(folded.lower()) if word not in unsaid)
    return " ".join(_stem(word, language) for word in found)


def stems_of(phrase: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the stem of a small word in each language; () of what is no word."""
    if not _WORD.fullmatch(phrase):
        return ()
    return tuple(_stem(phrase, language) for language in languages)


def _stem(word: str, language: str) -> str:
    return stem(word, language) + _SIGNS[language]
