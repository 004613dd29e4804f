"""How the rows of a kept table lie in SQLite: of each cell its text, its kind and its number.

Knows one relation of a database; knows no file, no question and no plan.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rag.number_forms import DecimalMark
from rag.storage.tables.totals import TotalsFinder
from rag.storage.tables.values import Kind, amount_of, kind_and_number, max_of
from rag.text import STOP_WORDS, stem, words

KINDS: Final[tuple[Kind, ...]] = ("text", "number", "date", "share", "empty")
"""By their number in the relation: text and number take no room there."""

EMPTY: Final = KINDS.index("empty")
DATE: Final = KINDS.index("date")
MAX_DISTINCT: Final = 2_000
"""Of a column with more different texts they are not kept apart."""


@dataclass(frozen=True, kw_only=True)
class LongRows:
    """Where rows lie: the relation, the names of its columns, and how many rows it has.

    Row n (from 0) is `row` n; column k (from 0) is `c<k>` its text, `k<k>` its kind, `n<k>` its
    number or null. `mark` is what parts decimals where a cell does not tell. Rows that are no data
    (totals, notes) are listed in a relation of their own, `<relation>_apart`, where there are any.
    """

    db: sqlite3.Connection
    relation: str
    names: tuple[str, ...]
    height: int
    mark: DecimalMark = "."

    @property
    def width(self) -> int:
        return len(self.names)

    def texts(self, rows: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the cells of those rows that are there, by their numbers."""
        wanted = ", ".join(str(int(row)) for row in rows)
        cells = ", ".join(f"c{n}" for n in range(self.width))
        found = self.db.execute(f"SELECT row, {cells} FROM {self.relation} WHERE row IN ({wanted})")
        return {row: tuple(cells) for row, *cells in found}

    def page(self, first: int, count: int) -> dict[int, tuple[str, ...]]:
        """Return the cells of `count` rows from `first` on, by their numbers."""
        return self.texts(range(max(0, first), min(self.height, first + count)))

    def find(self, cells: Sequence[str]) -> int | None:
        """Return the number of the first row with these very cells; None where there is none."""
        if len(cells) != self.width:
            return None
        same = " AND ".join(f"c{n} = ?" for n in range(self.width))
        query = f"SELECT row FROM {self.relation} WHERE {same} ORDER BY row LIMIT 1"
        found = self.db.execute(query, tuple(cells)).fetchone()
        return None if found is None else int(found[0])

    @cached_property
    def apart(self) -> str:
        """The name of the relation of the rows that are no data; "" where there are none."""
        name = f"{self.relation}_apart"
        known = self.db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        return name if known else ""

    @cached_property
    def rows_apart(self) -> frozenset[int]:
        """The numbers of the rows that are no data."""
        found = self.db.execute(f"SELECT row FROM {self.apart}") if self.apart else ()
        return frozenset(row for (row,) in found)


@dataclass(slots=True)
class ColumnCount:
    """What a column holds: how often each kind, and its texts with their first rows while few."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    first: dict[str, int] | None = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The kind of most cells, as of a column of a small table."""
        kinds = self.kinds.copy()
        del kinds["empty"]
        return max_of(kinds)

    def add(self, text: str, kind: Kind, row: int) -> None:
        self.kinds[kind] += 1
        if self.first is not None and kind == "text" and text not in self.first:
            self.first[text] = row
            if len(self.first) > MAX_DISTINCT:
                self.first = None


def drop(db: sqlite3.Connection, relation: str) -> None:
    db.execute(f"DROP TABLE {relation}")
    db.execute(f"DROP TABLE IF EXISTS {relation}_apart")


def fill(
    db: sqlite3.Connection,
    relation: str,
    width: int,
    rows: Iterable[Sequence[str]],
    mark: DecimalMark,
) -> list[ColumnCount]:
    """Make a relation of rows as they come, a few in memory at a time; return what columns hold.

    Totals and notes among them are listed apart. Short rows are filled with empty cells; what is
    beyond the width is left out.
    """
    columns = ", ".join(f"c{n} TEXT NOT NULL, k{n} INTEGER, n{n} REAL" for n in range(width))
    db.execute(f"CREATE TABLE {relation} (row INTEGER PRIMARY KEY, {columns})")
    counts, finder = [ColumnCount() for _ in range(width)], TotalsFinder(width - 1)
    holders = ", ".join("?" * (1 + 3 * width))
    db.executemany(f"INSERT INTO {relation} VALUES ({holders})", _typed(rows, counts, mark, finder))
    if apart := finder.found().rows:
        db.execute(f"CREATE TABLE {relation}_apart (row INTEGER PRIMARY KEY)")
        db.executemany(
            f"INSERT INTO {relation}_apart VALUES (?)", ((row,) for row in sorted(apart))
        )
    return counts


def _typed(
    rows: Iterable[Sequence[str]],
    counts: Sequence[ColumnCount],
    mark: DecimalMark,
    finder: TotalsFinder,
) -> Iterator[list[object]]:
    width = len(counts)
    for number, row in enumerate(rows):
        made: list[object] = [number]
        texts = [*row[:width], *[""] * (width - len(row))]
        amounts: list[float | None] = []
        for text, count in zip(texts, counts, strict=True):
            kind, value = kind_and_number(text, mark)
            count.add(text, kind, number)
            made += (text, KINDS.index(kind), value)
            amounts.append(amount_of(text, kind, value))
        finder.add(number, texts, amounts[1:])
        yield made


FIRST_ROWS: Final = 60
LAST_ROWS: Final = 20
MAX_ROWS: Final = 240
"""Of a sketch: more rows make planning slower and, by what was tried, no better."""

OF_A_WORD: Final = 12
"""Rows that one word of the question brings from one column."""

MIN_LETTERS: Final = 3
MAX_WORDS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LongColumn:
    """A column without its rows; `first` row of each text, None where there are too many."""

    name: str
    kind: Kind
    first: Mapping[str, int] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTable:
    """A kept table, as long as its file is open."""

    rows: LongRows
    columns: tuple[LongColumn, ...]
    title: str = ""


OpensTable = Callable[[str, str], AbstractContextManager[LongTable | None]]
"""Opens the table of a document (by its id) with this header row; None where there is none."""


def no_table(doc_id: str, header: str) -> AbstractContextManager[LongTable | None]:
    """Open no table: for documents that are kept nowhere."""
    del doc_id, header
    return nullcontext()


def sketch(question: str, table: LongTable) -> list[int]:
    """Return the rows, in their order, that a question may mean, with the first and the last."""
    height = table.rows.height
    found = dict.fromkeys(range(min(FIRST_ROWS, height)))
    found.update(dict.fromkeys(range(max(0, height - LAST_ROWS), height)))
    for row in _meant(question, table):
        if len(found) >= MAX_ROWS:
            break
        found[row] = None
    return sorted(found)


def _meant(question: str, table: LongTable) -> Iterator[int]:
    """Yield rows that hold a word which says something and stands in no column's name."""
    named = {stem(word) for column in table.columns for word in words(column.name)}
    asked = dict.fromkeys(word for word in words(question) if word not in STOP_WORDS)
    for word in [word for word in asked if stem(word) not in named][:MAX_WORDS]:
        for column in table.columns:
            holding = [row for text, row in (column.first or {}).items() if word in words(text)]
            yield from holding[:OF_A_WORD]
        yield from _of_many_texts(word, table)


def _of_many_texts(word: str, table: LongTable) -> Iterator[int]:
    for number, column in enumerate(table.columns):
        if column.kind in {"number", "share"} and word.isdigit():
            yield from _holding(table.rows, f"n{number} = ?", float(word))
        elif column.kind in {"number", "date"} and any(map(str.isdigit, word)):  # as P1432
            yield from _holding(table.rows, f"c{number} LIKE ?", word)
        elif column.first is None and len(word) >= MIN_LETTERS:
            yield from _holding(table.rows, f"c{number} LIKE ?", f"%{word}%")


def _holding(rows: LongRows, condition: str, value: object) -> list[int]:
    query = f"SELECT row FROM {rows.relation} WHERE {condition} LIMIT {OF_A_WORD}"
    return [row for (row,) in rows.db.execute(query, (value,))]
