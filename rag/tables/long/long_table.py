"""A table that is kept whole: what is known of its columns, and some of its rows for a question.

A plan is sought over the rows that a question may mean (`sketch`), and run over all of them. Knows
relations and words; knows no file and no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final

from rag.tables.long.long_rows import LongRows
from rag.tables.values import Kind
from rag.text import STOP_WORDS, stem, words

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
    """What is known of a column without its rows. `first`: the row in which each text first stands.

    `first` is None where there are too many different ones.
    """

    name: str
    kind: Kind
    unit: str = ""
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
    for word in _asked_words(question, table):
        yield from _of_few_texts(word, table)
        yield from _of_many_texts(word, table)


def _asked_words(question: str, table: LongTable) -> list[str]:
    """Return the words that say something and stand in no column's name."""
    named = {stem(word) for column in table.columns for word in words(column.name)}
    asked = dict.fromkeys(word for word in words(question) if word not in STOP_WORDS)
    return [word for word in asked if stem(word) not in named][:MAX_WORDS]


def _of_few_texts(word: str, table: LongTable) -> Iterator[int]:
    for column in table.columns:
        holding = [row for text, row in (column.first or {}).items() if word in words(text)]
        yield from holding[:OF_A_WORD]


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
