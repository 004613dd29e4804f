"""Words as SQLite's full-text index looks for them, and how badly passages answer to them.

Badness is SQLite's `bm25`: negative, and better the lower. Knows the database's full-text tables;
knows no languages and no filters.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Table = Literal["words", "pages"]

CONTEXT_WEIGHT: Final = 2.0
"""BM25 weight of a word in a chunk's context; in its text it is 1 (page hit@5 of this search alone,
191 development questions, text pass: 59.7 at 0.5, 63.4 at 1, 64.9 at 2, 63.9 at 3)."""

_AMONG: Final = " AND +rowid IN (SELECT value FROM json_each(:rows))"
"""With the sign, SQLite looks whether a row that matches is one of these, and not for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Phrases to look for, the rarest first, and of each the stems that stand for it.

    A badness by stems is brought to
    that by words by `scale`: a passage counts by its words or by their stems, whichever tell more.
    """

    phrases: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    scale: float

    def badness(
        self,
        db: sqlite3.Connection,
        table: Table,
        *,
        leading: int,
        among: Iterable[int] | None = None,
    ) -> dict[int, float]:
        """Return that of every row with one of the first `leading` phrases; all phrases count.

        Rows are those of `among`; None: all.
        """
        only, rows = ("", "") if among is None else (_AMONG, json.dumps(list(among)))
        words = _Led(self.phrases[:leading], self.phrases[leading:])
        found = self._by(db, table, words, only, rows)
        first, later = _flat(self.stems[:leading]), _flat(self.stems[leading:])
        if table == "words" and first:
            by_stems = self._by(db, "stems", _Led(first, later), only, rows)
            for row, badness in by_stems.items():
                found[row] = min(found.get(row, 0.0), self.scale * badness)
        return found

    def _by(
        self, db: sqlite3.Connection, table: str, led: _Led, only: str, rows: str
    ) -> dict[int, float]:
        scored = db.execute(
            f"SELECT rowid, :share * bm25({table}, {CONTEXT_WEIGHT}, 1.0)"  # noqa: S608 - no text of others: all values are bound
            f" FROM {table} WHERE {table} MATCH :match{only}",
            {
                "share": led.share,
                "match": led.expression,
                "rows": rows,
            },
        )
        return dict(scored.fetchall())


@dataclass(frozen=True, slots=True)
class _Led:
    """Phrases of which one must be held, and others that count only in the score."""

    needed: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def expression(self) -> str:
        """What FTS5 matches: it knows no word that may lack, so all words count twice."""
        needed, beside = _any_of(self.needed), _any_of(self.beside)
        if not self.beside:
            return needed
        return f"({needed}) AND ({needed} OR {beside} OR {beside})"

    @property
    def share(self) -> float:
        return 0.5 if self.beside else 1.0


def _flat(stems: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(stem for some in stems for stem in some)


def _any_of(phrases: Sequence[str]) -> str:
    return " OR ".join(f'"{phrase}"' for phrase in phrases)
