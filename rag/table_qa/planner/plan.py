"""What is asked of a table, as a small plan: rows, columns, an operation. Knows no table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

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

OF_TWO: Final[frozenset[str]] = frozenset(
    {"difference", "apart", "ratio", "share", "growth", "count difference", "whether"}
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row's cell must be: `is` its whole text, `has` among it, `in` one of `values`."""

    column: int
    test: Test
    value: str = ""
    number: float = 0.0
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.test == "in") != bool(self.values):
            raise ValueError(f"the values of a condition go with `in`: {self}")


@dataclass(frozen=True, slots=True)
class Order:
    """The row at `place` by a reading of a column, largest first or last."""

    column: int
    reading: Reading
    largest: bool
    place: int = 1

    def __post_init__(self) -> None:
        if self.place < 1:
            raise ValueError(f"places count from 1: {self}")


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

    def __post_init__(self) -> None:
        of_two = self.other_rows is not None or self.other_column is not None
        if of_two != (self.operation in OF_TWO):
            raise ValueError(f"{self.operation} has the wrong number of operands")
        if not self.columns and self.operation != "count":
            raise ValueError(f"{self.operation} needs a column")

    @property
    def read(self) -> frozenset[int]:
        """The columns that the plan reads: asked, tested, ordered by."""
        found = {*self.columns}
        for rows in filter(None, (self.rows, self.other_rows)):
            found.update(condition.column for condition in rows.conditions)
            if rows.order is not None and rows.order.reading != "place":
                found.add(rows.order.column)
        return frozenset(found if self.other_column is None else {*found, self.other_column})
