"""The words of the documents nearest to words that none of them holds. Knows the ledger's tables.

The full-text index keeps stems, so a stem is sought first and then the form of it, as the documents
write it, that is nearest. Nothing is told of a document that is not among those searched: whether a
word is held, how often, and in what form, is read off these alone.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from rag.storage.search.frequencies import Stemmer
from rag.storage.search.known_stems import KnownStems, Stems
from rag.text import fold

LONG: Final = 8
"""From so many letters on two edits leave a stem recognisable; one in a shorter one."""

MOST_STEMS: Final = 5
MOST_CHUNKS: Final = 25
"""So many stems, and of each so many chunks, are looked at for the form that is nearest."""

MOST_COUNTED: Final = 500
"""Occurrences, over which a word is simply frequent."""

SLIP: Final = 8
"""A letter left out, or two exchanged, makes one word of another in fewer ways than a letter put in
or changed does, and is as frequent (Damerau, CACM 7, 1964): so much likelier it is."""

_LETTERS: Final = r"[^\W\d_]"


class Speller:
    """Finds the nearest words. Any thread may call; the stems are read again after an ingest."""

    def __init__(self, stemmer: Stemmer) -> None:
        self._stemmer = stemmer
        self._stems = KnownStems(stemmer)

    def nearest_words(
        self, db: sqlite3.Connection, words: Mapping[str, int], *, doc_rows: Sequence[int] | None
    ) -> dict[str, str]:
        """Return for each word that is not held what of these documents is nearest to it.

        The value of a word is how many edits it may be away. What is like none is left out.
        """
        if not words:
            return {}
        held = _HeldWords(db, doc_rows)
        stems = self._stems.of(db)
        found = {word: self._meant(held, stems, word, edits=edits) for word, edits in words.items()}
        return {word: meant for word, meant in found.items() if meant}

    def _meant(self, held: _HeldWords, stems: Stems, word: str, *, edits: int) -> str:
        folded = fold(word)
        stem = self._stem(folded)
        if not stem or (stem in stems.all and held.count(stem)):
            return ""
        return self._corrected(held, stems, folded, stem, edits=edits)

    def _corrected(
        self, held: _HeldWords, stems: Stems, word: str, stem: str, *, edits: int
    ) -> str:
        """Return the likeliest form within so many edits; "" where there is none."""
        within = min(edits, 1) if len(stem) < LONG else edits
        distances = dict(stems.near(stem, edits=within))
        beginnings = list(stems.beginnings(word)) if edits else []
        counts = {one: count for one in {*distances, *beginnings} if (count := held.count(one))}
        likely = sorted(counts, key=lambda s: (distances.get(s, 0), *_rank(word, s, counts[s])))
        forms = {self._nearest_form(held, one, word): counts[one] for one in likely[:MOST_STEMS]}
        near = [form for form in forms if OSA.distance(word, form.lower()) <= edits]
        return min(near, key=lambda form: _rank(word, form.lower(), forms[form]), default="")

    def _nearest_form(self, held: _HeldWords, stem: str, word: str) -> str:
        """Return the form of a stem nearest to a word; small unless it is always written large."""
        pattern = re.compile(rf"(?<!\w){re.escape(stem[:-1])}{_LETTERS}*", re.IGNORECASE)
        texts = held.texts(stem)
        found = Counter(form for text in texts for form in pattern.findall(text)) or Counter(
            form for text in texts for form in pattern.findall(_plain(text))
        )
        forms = {form: n for form, n in found.items() if self._stem(form.lower()) == stem}
        if not forms:
            return stem
        small: Counter[str] = Counter()
        for form, count in forms.items():
            small[form.lower()] += count
        nearest = min(small, key=lambda form: (OSA.distance(word, form), -small[form], form))
        return nearest if nearest in forms else nearest.capitalize()

    def _stem(self, word: str) -> str:
        """Return the one term of a word as it is indexed; "" where it is none, or several."""
        terms = self._stemmer.terms(word)
        return terms[0] if len(terms) == 1 else ""


class _HeldWords:
    """What the documents of these rows (None: all) hold, inside a caller's transaction."""

    def __init__(self, db: sqlite3.Connection, doc_rows: Sequence[int] | None) -> None:
        self._db = db
        self._rows = None if doc_rows is None else json.dumps(doc_rows)
        db.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.occurrences"
            " USING fts5vocab ('main', 'words', 'instance')"
        )

    def count(self, stem: str) -> int:
        """Return how often a stem occurs, as far as it matters."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM temp.occurrences o CROSS JOIN chunks c"
            f" ON c.row = o.doc WHERE o.term = ? {self._among} LIMIT ?)",
            (stem, *self._bound, MOST_COUNTED),
        ).fetchone()
        return int(count)

    def texts(self, stem: str) -> list[str]:
        """Return some of the chunks that hold a stem."""
        rows = self._db.execute(
            "SELECT w.context, w.text FROM (SELECT DISTINCT o.doc AS row FROM temp.occurrences o"
            f" CROSS JOIN chunks c ON c.row = o.doc WHERE o.term = ? {self._among} LIMIT ?) found"
            " CROSS JOIN words w ON w.rowid = found.row",
            (stem, *self._bound, MOST_CHUNKS),
        )
        return [f"{context}\n{text}" for context, text in rows]

    @property
    def _among(self) -> str:
        among = "AND c.doc_row IN (SELECT value FROM json_each(?))"
        return "" if self._rows is None else among

    @property
    def _bound(self) -> tuple[str, ...]:
        return () if self._rows is None else (self._rows,)


def _rank(word: str, meant: str, count: int) -> tuple[float, bool, float, str]:
    """Return what orders what may be meant: edits, the first letter, and how likely the slip is."""
    slipped = sorted(word) == sorted(meant) or _drops(meant, word)
    weight = count * (SLIP if slipped else 1)
    return OSA.distance(word, meant), word[:1] != meant[:1], -weight, meant


def _drops(meant: str, word: str) -> bool:
    """Tell whether leaving letters out of what is meant makes the word."""
    letters = iter(meant)
    return all(letter in letters for letter in word)


def _plain(text: str) -> str:
    """Return the text without accents, as the full-text index compares it."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
