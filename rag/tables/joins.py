"""Two tables as one: each row of the longer with the row of the other that has its key.

A key is a column whose values mostly stand in a column of the other table, each in one of its rows
alone; numbers, which agree by chance, have to be called the same as well. Knows tables; knows no
question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rag.tables.plan import Join
from rag.tables.table import Table, TypedColumn
from rag.text import STOP_WORDS, stem, words

LEAST_HELD: Final = 0.8
"""So many filled cells of the one column have a value of the other."""

LEAST_UNIQUE: Final = 0.95
"""So many rows of the other table have a value of their own."""

LEAST_VALUES: Final = 3
"""Fewer different values agree by chance."""


@dataclass(frozen=True, slots=True)
class TableJoin:
    """The joined table, and for each of its rows the other table's, None where none has its key.

    Its columns are those of the longer table, then those of the other without the key; `twins` are
    those of the other that the longer has by the same name.
    """

    table: Table
    key: int
    partners: tuple[int | None, ...]
    width: int
    others: tuple[int, ...]
    twins: frozenset[int] = frozenset()

    def is_of_other(self, column: int) -> bool:
        return column >= self.width

    def uses_both(self, columns: frozenset[int]) -> bool:
        """Tell whether columns are of both tables; the key is of either, and twins are of neither.

        What each of two lists counts is no more to be told by both.
        """
        own = columns - self.twins - {self.key}
        return len({self.is_of_other(column) for column in own}) > 1


def key_of(one: Table, other: Table) -> Join | None:
    """Return what joins each row of a table to one row of the other; None where nothing does."""
    found = [
        (is_named, held, join)
        for join in _pairs(one, other)
        if (held := _held(one, other, join)) >= LEAST_HELD
        and ((is_named := _is_named_same(one, other, join)) or _is_of_names(other, join))
    ]
    return max(found, key=lambda pair: pair[:2])[2] if found else None


def joined(one: Table, other: Table, join: Join) -> TableJoin:
    """Return the rows of a table with those of the other; its totals stay its totals."""
    rows = _rows_by_key(other, join)
    partners = tuple(rows.get(value.key) for value in one.columns[join.column].values)
    others = tuple(n for n in range(other.width) if n != join.other_column)
    taken = {column.name for column in one.columns}
    added = (_brought(other.columns[n], partners, taken, other.title) for n in others)
    table = replace(
        one, columns=(*one.columns, *added), join=replace(join, other_title=other.title)
    )
    names = enumerate((other.columns[n].name for n in others), start=one.width)
    return TableJoin(
        table=table,
        key=join.column,
        partners=partners,
        width=one.width,
        others=others,
        twins=frozenset(place for place, name in names if name in taken),
    )


def _pairs(one: Table, other: Table) -> Iterator[Join]:
    unique = [n for n in range(other.width) if _is_unique(other, n)]
    for column, own in enumerate(one.columns):
        for number in unique:
            if own.kind == other.columns[number].kind:
                yield Join(column, number, name=own.levels[-1])


def _is_unique(table: Table, column: int) -> bool:
    counts = _counts(table, column)
    alone = sum(count == 1 for count in counts.values())
    return len(counts) >= LEAST_VALUES and alone >= LEAST_UNIQUE * table.parts


def _counts(table: Table, column: int) -> Counter[str]:
    values = enumerate(table.columns[column].values)
    return Counter(value.key for row, value in values if value.key and row not in table.left_out)


def _held(one: Table, other: Table, join: Join) -> float:
    """Return the share of filled cells of the one column whose value the other column has."""
    own, known = _counts(one, join.column), _counts(other, join.other_column)
    shared = {key: count for key, count in own.items() if key in known}
    if len(shared) < LEAST_VALUES:
        return 0.0
    return sum(shared.values()) / own.total()


def _is_named_same(one: Table, other: Table, join: Join) -> bool:
    names = one.columns[join.column].levels[-1], other.columns[join.other_column].levels[-1]
    first, second = (
        {stem(word) for word in words(name) if word not in STOP_WORDS} for name in names
    )
    return bool(first) and first == second


def _is_of_names(table: Table, join: Join) -> bool:
    return table.columns[join.other_column].kind == "text"


def _rows_by_key(other: Table, join: Join) -> Mapping[str, int]:
    """Return the row of each value that one row alone has."""
    counts = _counts(other, join.other_column)
    values = enumerate(other.columns[join.other_column].values)
    return {
        value.key: row
        for row, value in values
        if counts[value.key] == 1 and row not in other.left_out
    }


def _brought(
    column: TypedColumn, partners: tuple[int | None, ...], taken: set[str], title: str
) -> TypedColumn:
    """Return a column of the other table for the joined rows; told apart from one of its name."""
    name = f"{column.name} ({title})" if column.name in taken and title else column.name
    texts = tuple("" if row is None else column.texts[row] for row in partners)
    return replace(column, name=name, texts=texts)
