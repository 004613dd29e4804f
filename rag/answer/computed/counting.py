"""The rows of a table that a question counts or lists: those with a value that it names.

"How many of the microcontrollers have 128 bytes of EEPROM?" are the rows whose EEPROM is 128,
"which have more than 4k of flash?" those whose flash is more. Knows tables and words; knows no
model. English rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from rag.answer.base.quantities import measure
from rag.answer.computed.table_rows import (
    LEAST_ROWS,
    Row,
    Table,
    is_of_amounts,
    is_whole,
    tables_of,
)
from rag.answer.question.asked import Stems, stems_of
from rag.answer.question.bounds import Bounds, size_of, unit_of
from rag.answer.question.question import Question
from rag.datamodel import Context

_COUNT: Final = re.compile(r"\bhow many\b", re.IGNORECASE)
_LIST: Final = re.compile(
    r"^\s*(?:please\s+)?(?:list|name|give|show)\b|\b(?:which|what)\s+(?:are\s+)?(?:the\s+)?"
    r"(?:[\w-]+\s+){0,2}?(?!\w*(?:ss|us|is)\b)\w+s\b",
    re.IGNORECASE,
)
LEAST_MATCHES: Final = 2
"""A value that one row has is looked up, not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The rows with the named values, of how many.

    `label` is the column of their names, `columns` are those of the values. `told` says what is
    true of them, `lists` that their labels are asked for rather than their number, `bounded` that
    an amount was to be more or less than a number. `shown` are the rows to quote: these or, where
    there are none, the one that comes nearest.
    """

    rows: tuple[Row, ...]
    names: tuple[str, ...]
    label: int
    columns: tuple[int, ...]
    told: str
    of: int
    lists: bool
    bounded: bool
    shown: tuple[Row, ...]
    chunks: frozenset[str]


def counts(asked: Question) -> bool:
    """Tell whether the question may count or list rows of a table."""
    return bool(_COUNT.search(asked.core) or _LIST.search(asked.core))


def names_rows(asked: Question, table: Table) -> bool:
    """Tell whether the question names a value that rows of the table share."""
    return counts(asked) and _counted(asked, table) is not None


def counted(asked: Question, context: Context) -> Counted | None:
    """Return the rows that are asked for, of the first table that fits and is there whole."""
    if not counts(asked):
        return None
    whole = (table for table in tables_of(context.hits) if is_whole(table, context))
    return next((one for table in whole if (one := _counted(asked, table))), None)


def _counted(asked: Question, table: Table) -> Counted | None:
    label = _label(asked, table)
    if len(table.rows) < LEAST_ROWS or label is None:
        return None
    bound = asked.bounds
    tests = _tests(asked, bound, table)
    ordered = sorted(table.rows, key=lambda row: (row.hit.chunk.ordinal, row.start))
    rows = [row for row in ordered if all(test.holds(row.cells[test.column]) for test in tests)]
    least = LEAST_MATCHES if bound is None else 0
    if not tests or not least <= len(rows) < len(table.rows):
        return None
    return Counted(
        rows=tuple(rows),
        names=table.names,
        label=label,
        columns=tuple(test.column for test in tests),
        told=", ".join(f"{table.names[test.column]} is {test.said}" for test in tests),
        of=len(table.rows),
        lists=not _COUNT.search(asked.core),
        bounded=bound is not None,
        shown=tuple(rows) or _nearest(bound, tests[0].column, table),
        chunks=frozenset(row.hit.chunk.id for row in table.rows),
    )


def _tests(asked: Question, bound: Bounds | None, table: Table) -> list[_Test]:
    """Return what the question asks of the rows; nothing where what it bounds is no column."""
    if bound is None:
        return list(_named_values(asked.stems, table))
    column = _bounded_column(asked, bound, table)
    if column is None:
        return []
    rest = asked.stems - bound.words - stems_of(table.names[column])
    test = _Test(column, bound.said, partial(_lies_within, bound, table))
    return [test, *_named_values(rest, table)]


@dataclass(frozen=True, slots=True)
class _Test:
    """What is asked of the cells of a column, in words, and whether one meets it."""

    column: int
    said: str
    holds: Callable[[str], bool]


def _named_values(stems: Stems, table: Table) -> Iterator[_Test]:
    """Yield the values of columns that the question's stems name."""
    for column in range(1, len(table.names)):
        value = _value(stems, table, column)
        if value:
            said = next(cell for cell in table.column(column) if _plain(cell) == value)
            yield _Test(column, said, partial(_is, value))


def _bounded_column(asked: Question, bound: Bounds, table: Table) -> int | None:
    """Return the column of amounts that is bounded: that of the unit, or named by the question."""
    named = asked.stems - asked.noun
    columns = [n for n in range(1, len(table.names)) if is_of_amounts(table, n)]
    scored = [
        (
            bool(bound.unit) and bound.unit == _unit(table, n),
            len(stems_of(table.names[n]) & named),
            -n,
        )
        for n in columns
    ]
    best = max(scored, default=(False, 0, 0))
    return -best[2] if best[0] or best[1] else None


def _unit(table: Table, column: int) -> str:
    return measure(table.names[column]) or unit_of(next(filter(None, table.column(column)), ""))


def _lies_within(bound: Bounds, table: Table, cell: str) -> bool:
    size = _size(cell, table)
    return size is not None and bound.hold(size)


def _size(cell: str, table: Table) -> float | None:
    first = table.rows[0]
    return size_of(cell, around=f"{first.hit.chunk.context} {first.hit.chunk.text[: first.start]}")


def _nearest(bound: Bounds | None, column: int, table: Table) -> tuple[Row, ...]:
    """Return the row whose amount comes nearest to the bounds; none without amounts."""
    if bound is None:
        return ()
    sized = [(size, row) for row in table.rows if (size := _size(row.cells[column], table))]
    return tuple(row for _, row in sorted(sized, key=lambda one: bound.distance(one[0]))[:1])


def _label(asked: Question, table: Table) -> int | None:
    """Return the column that says what the rows are called; None if others things are counted.

    It is one of words that the noun names, else the first, of a table that speaks of the noun.
    """
    noun = _thing(asked)
    named = [n for n, name in enumerate(table.names) if noun & stems_of(name)]
    if any(n and is_of_amounts(table, n) for n in named):
        return None
    chunk = table.rows[0].hit.chunk
    before = chunk.text[: table.rows[0].start]
    is_about = noun & stems_of(f"{chunk.context} {before}")
    return named[0] if named else (0 if is_about else None)


def _thing(asked: Question) -> Stems:
    """Return the noun asked for without numbers."""
    return frozenset(stem for stem in asked.noun if not stem[0].isdigit())


def _value(asked: Stems, table: Table, column: int) -> str:
    """Return the value of the column that the question names; "" if it names none.

    A number counts only where the question names its column too.
    """
    name = stems_of(table.names[column])
    found = Counter(_plain(cell) for cell in table.column(column) if cell)
    fitting = [
        value
        for value in found
        if (stems := stems_of(value))
        and stems <= asked
        and not stems <= name
        and (name & asked or not value[:1].isdigit())
    ]
    return max(fitting, key=lambda value: (len(stems_of(value)), found[value]), default="")


def _is(value: str, cell: str) -> bool:
    return _plain(cell) == value


def _plain(cell: str) -> str:
    return " ".join(cell.casefold().split())


def labels(found: Counted) -> list[str]:
    """Return what the rows are called."""
    return [row.cells[found.label] for row in found.rows]
