"""Stems of words in the languages that the index knows, beside the English ones that it keeps.

SQLite's tokenizer cuts every word as an English one (Porter 1980). The words of a document in
another language are kept once more, as stems of that language; each bears a sign of it, so that it
meets no word of another. Knows the index's tables.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import Final

from rag.stop_words import BY_LANGUAGE
from rag.text import STEMMERS, stem

LANGUAGES: Final = tuple(code for code in STEMMERS if code != "en")
"""By ISO 639-1 code."""

_SIGNS: Final = {code: chr(0xE000 + n) for n, code in enumerate(LANGUAGES)}
"""Of Unicode's private use, which SQLite takes for letters."""

_OF_DOCUMENT: Final = "rowid IN (SELECT row FROM chunks WHERE doc_row = ?)"
_WORD: Final = re.compile(r"[^\W\d_]+")


def stemmed(folded: str, language: str) -> str:
    """Return the stems of a text's words, function words left out."""
    unsaid = BY_LANGUAGE.get(language, frozenset())
    found = (word for word in _WORD.findall(folded.lower()) if word not in unsaid)
    return " ".join(_stem(word, language) for word in found)


def stems_of(phrase: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the stem of a small word in each language; () of what is no word."""
    if not _WORD.fullmatch(phrase):
        return ()
    return tuple(_stem(phrase, language) for language in languages)


def _stem(word: str, language: str) -> str:
    return stem(word, language) + _SIGNS[language]


def stem_document(db: sqlite3.Connection, doc_id: str) -> None:
    """Keep a document's words as stems of its language (ISO 639-1), and of no other."""
    found = db.execute("SELECT row, language FROM documents WHERE id = ?", (doc_id,)).fetchone()
    if found is None:
        return
    row, language = found
    kept = language if language in LANGUAGES else ""
    db.execute(f"DELETE FROM stems WHERE {_OF_DOCUMENT}", (row,))  # noqa: S608 - a constant
    if kept:
        query = f"SELECT rowid, context, text FROM words WHERE {_OF_DOCUMENT}"  # noqa: S608 - as above
        words = db.execute(query, (row,))
        db.executemany(
            "INSERT INTO stems (rowid, context, text) VALUES (?, ?, ?)",
            [
                (number, stemmed(context, kept), stemmed(text, kept))
                for number, context, text in words.fetchall()
            ],
        )
    db.execute("UPDATE documents SET stemmed = ? WHERE row = ?", (kept, row))
    changed = "(SELECT chunk_count FROM documents WHERE row = ?)"
    db.execute(f"UPDATE counters SET words = words + {changed}", (row,))  # noqa: S608 - as above


def stemmed_languages(db: sqlite3.Connection) -> list[str]:
    """Return the languages beside English that the words of some document are kept as stems of."""
    held = "SELECT 1 FROM documents WHERE stemmed = ? AND stemmed <> ''"  # its index has no others
    return [code for code in LANGUAGES if db.execute(held, (code,)).fetchone() is not None]
