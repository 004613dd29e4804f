"""Text to words that a full-text index can match, and to stems in the languages that it knows.

The same folding is applied to what is indexed and to what is asked, so that `1,419` finds `1419`,
`20kg` finds `20 kg`, `FY2021` finds `FY 2021`, and a run of Chinese, Japanese, Korean or Thai,
which has no spaces, is found by its pairs or threes of letters. SQLite's tokenizer cuts every word
as an English one (Porter 1980). The words of a document in another language are kept once more, as
stems of that language; each bears a sign of it, so that it meets no word of another.
"""

from __future__ import annotations

import functools
import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from typing import Final

from rag.stop_words import BY_LANGUAGE, languages_of, stop_words
from rag.text import STEMMERS, month_of_may, stem

_UNSPACED: Final = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f"
)
CHINESE: Final = 2
THAI: Final = 3
"""So many letters are looked for together in a run of Chinese, Japanese or Korean, and of Thai: its
letters tell less (477 questions over 240 texts, words alone: hit@1/@5 81.6/92.9 by 2, 92.7/99.6 by
3)."""

_AFTER_THAI: Final = "\u0e80"

_MARKS: Final = re.compile(
    "[\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    + "".join(
        f"{chr(block)}-{chr(block + 0x03)}{chr(block + 0x3A)}-{chr(block + 0x3C)}"
        f"{chr(block + 0x3E)}-{chr(block + 0x4F)}{chr(block + 0x62)}{chr(block + 0x63)}"
        for block in range(0x900, 0xD80, 0x80)  # India's scripts, laid out alike
    )
    + "]"
)
"""What stands on, below or beside letters of Hebrew, Arabic, Thai and India's scripts: SQLite's
tokenizer divides words there, as `re` does. Words are found by their other letters (Hindi, as
above: 67.1/83.6 with them, 90.1/97.5 without)."""

_UNSPACED_LETTER: Final = re.compile(f"([{_UNSPACED}])")
_UNSPACED_RUN: Final = re.compile(f"[{_UNSPACED}]+")

_BETWEEN: Final = "[,'’\u00a0\u2009\u202f]"
_THOUSANDS: Final = re.compile(rf"{_BETWEEN}(?<=\d{_BETWEEN})(?=\d{{3}}(?!\d))")
"""What may stand between groups of three digits: comma, apostrophe, unbreakable or thin space."""

_INITIALS: Final = re.compile(r"[A-Z](?<!\w[A-Z])\.(?:[A-Z]\.)+")
"""`U.S.`, which is also written `US`. `re` skips quickly to what a pattern begins with."""

_MIXED: Final = re.compile(r"\d(?:(?<=[^\W\d_]\d)|(?=[^\W\d_]))")
"""A letter beside a digit: only what has one can have a `_UNIT`, which is slow to look for."""

_UNIT: Final = re.compile(r"\b(?:([^\W\d_]+)(\d+)|(\d+)([^\W\d_]+))\b")
"""Letters then digits or the reverse, as a whole word: `FY2021`, `20kg`; not a hexadecimal id."""

KEPT_TEXTS: Final = 4096
"""A passage is indexed alone and with its page, of one document after the other: folding it twice
was a tenth of storing it."""

_WORD: Final = re.compile(r"\w+(?:[-.,:/](?:\d+|\w\b))*")
"""A word; digits and single letters stay tied to it: `3.5`, `10-K`, `2018-06-20`, `U.S`."""


@functools.lru_cache(maxsize=KEPT_TEXTS)
def fold(text: str) -> str:
    """Return `text` as it is indexed: safe for SQLite, one form for each number and letter."""
    said = _one_form(text)
    said = _UNIT.sub(_apart, said) if _MIXED.search(said) else said
    return _UNSPACED_LETTER.sub(r" \1 ", said)


def query_phrases(text: str) -> list[str]:
    """Return the phrases to look for, each once, in order; stop words if there is nothing else."""
    words = _all_phrases(text)
    unsaid = stop_words(words) - ({"may"} if month_of_may(text) else set())
    telling = [word for word in words if word not in unsaid]
    return list(dict.fromkeys(telling or words))


def asked_languages(text: str) -> tuple[str, ...]:
    """Return the languages (ISO 639-1) that a question may be in; () where it tells none."""
    return languages_of(_all_phrases(text))


def _all_phrases(text: str) -> list[str]:
    found = _WORD.findall(_one_form(text).lower())
    return [phrase for word in found for phrase in _phrases(word)]


def _one_form(text: str) -> str:
    """Join what is written apart (1,419, U.S.), and take lone surrogates and NUL away."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    text = _INITIALS.sub(lambda match: match[0].replace(".", ""), _THOUSANDS.sub("", text))
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))


def _apart(match: re.Match[str]) -> str:
    return " ".join(part for part in match.groups() if part)


def _phrases(word: str) -> list[str]:
    """Divide runs without spaces into a few letters each; tie the parts of the rest together."""
    phrases = []
    for run in _UNSPACED_RUN.findall(word):
        size = THAI if run < _AFTER_THAI else CHINESE
        parts = [" ".join(run[n : n + size]) for n in range(len(run) - size + 1)]
        phrases += parts or [" ".join(run)]
    rest = _UNSPACED_RUN.sub(" ", word)
    phrases += [_UNIT.sub(_apart, part) for part in rest.split() if part.strip("_")]
    return phrases


LANGUAGES: Final = tuple(code for code in STEMMERS if code != "en")
"""By ISO 639-1 code."""

_SIGNS: Final = {code: chr(0xE000 + n) for n, code in enumerate(LANGUAGES)}
"""Of Unicode's private use, which SQLite takes for letters."""

_OF_DOCUMENT: Final = "rowid IN (SELECT row FROM chunks WHERE doc_row = ?)"
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def _stemmed(folded: str, language: str) -> str:
    unsaid = BY_LANGUAGE.get(language, frozenset())
    found = (word for word in _LETTERS.findall(folded.lower()) if word not in unsaid)
    return " ".join(_stem(word, language) for word in found)


def stems_of(phrase: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the stem of a small word in each language; () of what is no word."""
    if not _LETTERS.fullmatch(phrase):
        return ()
    return tuple(_stem(phrase, language) for language in languages)


def _stem(word: str, language: str) -> str:
    return stem(word, language) + _SIGNS[language]


def stem_document(db: sqlite3.Connection, doc_id: str) -> None:
    """Keep a document's words as stems of its language (ISO 639-1), and of no other."""
    found = db.execute(
        "SELECT row, language, chunk_count FROM documents WHERE id = ?", (doc_id,)
    ).fetchone()
    if found is None:
        return
    row, language, count = found
    kept = language if language in LANGUAGES else ""
    db.execute(f"DELETE FROM stems WHERE {_OF_DOCUMENT}", (row,))
    if kept:
        query = f"SELECT rowid, context, text FROM words WHERE {_OF_DOCUMENT}"
        db.executemany(
            "INSERT INTO stems (rowid, context, text) VALUES (?, ?, ?)",
            [(n, *(_stemmed(t, kept) for t in said)) for n, *said in db.execute(query, (row,))],
        )
    db.execute("UPDATE documents SET stemmed = ? WHERE row = ?", (kept, row))
    db.execute("UPDATE counters SET words = words + ?", (count,))


def stemmed_languages(db: sqlite3.Connection) -> list[str]:
    """Return the languages beside English that the words of some document are kept as stems of."""
    held = "SELECT 1 FROM documents WHERE stemmed = ? AND stemmed <> ''"  # its index has no others
    return [code for code in LANGUAGES if db.execute(held, (code,)).fetchone() is not None]
