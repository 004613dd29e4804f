"""A table as a value: typed columns and the texts of its cells; and what is asked of one.

That is a small plan: rows, columns, an operation. Knows no question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from rag.number_forms import DecimalMark, column_mark, decimal_mark
from rag.storage.tables.totals import (
    NOTHING_APART,
    Amounts,
    RowsApart,
    TotalsFinder,
    is_total_name,
    sums_up,
)
from rag.storage.tables.values import Kind, Value, amount_of, max_of, read

LEVELS: Final = " > "
"""Between the levels of a column's name, upper ones first."""

MIN_NUMBERS: Final = 0.5
"""A column can be ordered if so many of its cells hold a number."""

MIN_SUMMED: Final = 2


@dataclass(frozen=True, kw_only=True)
class TypedColumn:
    """A column: its name below upper levels, its cells, and what parts decimals otherwise."""

    name: str
    texts: tuple[str, ...]
    mark: DecimalMark = "."

    @cached_property
    def levels(self) -> tuple[str, ...]:
        return tuple(self.name.split(LEVELS))

    @cached_property
    def values(self) -> tuple[Value, ...]:
        return tuple(read(text, self.mark) for text in self.texts)

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        return tuple(value.number for value in self.values)

    @cached_property
    def amounts(self) -> Amounts:
        """The numbers of the cells that are nothing else: no dates, no shares."""
        cells = zip(self.texts, self.values, strict=True)
        return tuple(amount_of(text, value.kind, value.number) for text, value in cells)

    @cached_property
    def kind(self) -> Kind:
        """The kind of most cells; text where none is, empty where all are."""
        return max_of(Counter(value.kind for value in self.values if value.kind != "empty"))

    @cached_property
    def is_ordered(self) -> bool:
        """Whether its rows can be ordered by it."""
        filled = [value for value in self.values if value.kind != "empty"]
        with_number = sum(value.number is not None for value in filled)
        return bool(filled) and with_number >= MIN_NUMBERS * len(filled)

    @cached_property
    def is_of_ranges(self) -> bool:
        """Whether its cells mostly hold two numbers: spans of years, scores."""
        filled = [value for value in self.values if value.kind != "empty"]
        return bool(filled) and 2 * sum(v.second is not None for v in filled) >= len(filled)

    @cached_property
    def distinct(self) -> float:
        return len({value.key for value in self.values}) / max(1, len(self.values))


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns of equally many rows.

    `whole_height` is how many rows there are where these are some of them, `whole_apart` how many
    of all are no data; else 0. What is worked out over rows leaves out those that are `apart`:
    totals, means and notes.
    """

    columns: tuple[TypedColumn, ...]
    title: str = ""
    whole_height: int = 0
    whole_apart: int = 0
    apart: RowsApart = NOTHING_APART
    total_columns: frozenset[int] = frozenset()

    @property
    def height(self) -> int:
        return len(self.columns[0].texts)

    @property
    def has_totals(self) -> bool:
        return bool(self.whole_apart or self.apart.totals)

    @property
    def left_out(self) -> frozenset[int]:
        return self.apart.rows

    @property
    def parts(self) -> int:
        if self.whole_height:
            return self.whole_height - self.whole_apart
        return self.height - len(self.left_out)

    @property
    def width(self) -> int:
        return len(self.columns)

    def text(self, row: int, column: int) -> str:
        return self.columns[column].texts[row]


def table_of(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str = "",
    language: str | None = None,
) -> Table:
    """Return a table; short rows are filled, `language` may tell what parts decimals."""
    filled = [[*row[: len(names)], *[""] * (len(names) - len(row))] for row in rows]
    mark = decimal_mark("\n".join(cell for row in filled for cell in row), language)
    cells = [tuple(row[number] for row in filled) for number in range(len(names))]
    columns = tuple(
        TypedColumn(name=name, texts=texts, mark=column_mark(texts, mark))
        for name, texts in zip(names, cells, strict=True)
    )
    apart = _apart(columns, filled)
    return Table(
        columns=columns, title=title, apart=apart, total_columns=_total_columns(columns, apart.rows)
    )


def _apart(columns: Sequence[TypedColumn], rows: Sequence[Sequence[str]]) -> RowsApart:
    finder = TotalsFinder(len(columns) - 1)
    for number, texts in enumerate(rows):
        finder.add(number, texts, [column.amounts[number] for column in columns[1:]])
    return finder.found()


def _total_columns(columns: Sequence[TypedColumn], apart: frozenset[int]) -> frozenset[int]:
    """Return the columns of numbers that sum up at least two that stand together before them."""
    found: set[int] = set()
    run: list[Amounts] = []
    for number, column in enumerate(columns):
        own = tuple(a for row, a in enumerate(column.amounts) if row not in apart)
        if column.kind != "number":
            run = []
        elif len(run) >= MIN_SUMMED and (is_total_name(column.levels[-1]) or sums_up(own, run)):
            found.add(number)
            run = []
        else:
            run.append(own)
    return frozenset(found)


Test = Literal["is", "has", "not", "<", "<=", ">", ">=", "in"]
Near = Literal["", "next", "previous", "after", "before", "same"]
Reading = Literal["number", "second", "span", "place"]
Operation = Literal[
    "select",
    "count",
    "distinct",
    "sum",
    "mean",
    "min",
    "max",
    "range",
    "difference",
    "apart",
    "ratio",
    "share",
    "growth",
    "most common",
    "least common",
    "count difference",
    "heading",
    "headings",
    "items",
    "whether",
]
"""`apart` is a difference without its sign; `heading` the name of the column with a row's largest
or smallest cell, `headings` the years of the columns that say something; `items` how many things a
cell lists; `whether` one number exceeds another."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row's cell must be: `is` its whole text, `has` among it, `in` one of `values`."""

    column: int
    test: Test
    value: str = ""
    number: float = 0.0
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """The row at `place` (from 1) by a reading of a column, largest first or last."""

    column: int
    reading: Reading
    largest: bool
    place: int = 1


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that meet all conditions, the first by an order, what is near (`same` in a column)."""

    conditions: tuple[Condition, ...] = ()
    order: Order | None = None
    near: Near = ""
    near_column: int = 0


@dataclass(frozen=True, slots=True)
class TablePlan:
    """An operation over columns of rows; one of two operands has the other's rows or column."""

    operation: Operation
    columns: tuple[int, ...]
    rows: Rows
    other_rows: Rows | None = None
    other_column: int | None = None
    reading: Literal["text", "number", "year", "span"] = "text"
    largest: bool = True

    @property
    def read(self) -> frozenset[int]:
        """The columns that the plan reads: asked, tested, ordered by."""
        found = {*self.columns}
        for rows in filter(None, (self.rows, self.other_rows)):
            found.update(condition.column for condition in rows.conditions)
            if rows.order is not None and rows.order.reading != "place":
                found.add(rows.order.column)
        return frozenset(found if self.other_column is None else {*found, self.other_column})
