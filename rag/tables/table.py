"""A table as a value: typed columns and the texts of its cells.

Knows cells; knows no file, no question and no plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rag.tables.values import Kind, Value, read

LEVELS: Final = " > "
"""Between the levels of a column's name, upper ones first."""

LEAST_SHARE: Final = 0.6
"""A column is of the kind that so many of its cells that say something are of."""

LEAST_NUMBERS: Final = 0.5
"""A column can be ordered if so many of its cells hold a number."""


@dataclass(frozen=True, kw_only=True)
class TypedColumn:
    """A column: its name with upper levels before it, and what each of its cells says."""

    name: str
    texts: tuple[str, ...]

    @cached_property
    def levels(self) -> tuple[str, ...]:
        return tuple(self.name.split(LEVELS))

    @cached_property
    def values(self) -> tuple[Value, ...]:
        return tuple(map(read, self.texts))

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        return tuple(value.number for value in self.values)

    @cached_property
    def kind(self) -> Kind:
        """The kind of most cells; text where none is, empty where all are."""
        told = Counter(value.kind for value in self.values if value.kind != "empty")
        if not told:
            return "empty"
        kind, count = told.most_common(1)[0]
        return kind if count >= LEAST_SHARE * told.total() else "text"

    @cached_property
    def unit(self) -> str:
        """The unit that most of its numbers have: a percent sign or a currency; else ""."""
        units = Counter(value.unit for value in self.values if value.number is not None)
        return units.most_common(1)[0][0] if units else ""

    @cached_property
    def is_ordered(self) -> bool:
        """Whether its rows can be ordered by it."""
        filled = [value for value in self.values if value.kind != "empty"]
        with_number = sum(value.number is not None for value in filled)
        return bool(filled) and with_number >= LEAST_NUMBERS * len(filled)

    @cached_property
    def is_of_ranges(self) -> bool:
        """Whether its cells mostly hold two numbers: spans of years, scores."""
        filled = [value for value in self.values if value.kind != "empty"]
        return bool(filled) and 2 * sum(v.second is not None for v in filled) >= len(filled)

    @cached_property
    def distinct(self) -> float:
        """The share of its cells that differ from each other."""
        return len({value.key for value in self.values}) / max(1, len(self.values))


@dataclass(frozen=True, kw_only=True)
class Table:
    """Columns of equally many rows. `scale` is what its numbers count: "million", or "".

    Raises ValueError where columns differ in length or there is none.
    """

    columns: tuple[TypedColumn, ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    scale: str = ""

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("a table has a column")
        if len({len(column.texts) for column in self.columns}) != 1:
            raise ValueError("columns of a table have equally many cells")

    @property
    def height(self) -> int:
        return len(self.columns[0].texts)

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
    notes: Sequence[str] = (),
    scale: str = "",
) -> Table:
    """Return the table of these names and rows; short rows are filled with empty cells."""
    filled = [[*row[: len(names)], *[""] * (len(names) - len(row))] for row in rows]
    return Table(
        columns=tuple(
            TypedColumn(name=name, texts=tuple(row[number] for row in filled))
            for number, name in enumerate(names)
        ),
        title=title,
        notes=tuple(notes),
        scale=scale,
    )
