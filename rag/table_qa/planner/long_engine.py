"""Plans over a kept table, however long: SQLite finds and sums, a few rows are read.

What comes out is what `PlanEngine` gives, but of many cells the first alone are named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rag.storage.tables.long_rows import DATE, EMPTY, LongRows
from rag.storage.tables.totals import RowsApart
from rag.storage.tables.values import FIRST_YEAR
from rag.table_qa.planner.engine import NOTHING, Place, PlanEngine, PlanOutcome, names_rows, shown
from rag.table_qa.planner.table import Condition, Order, Rows, Table, TablePlan, TypedColumn
from rag.text import words_of_cells

_PLAIN_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition on rows, and what stands for its question marks."""

    text: str
    values: tuple[object, ...] = ()

    def also(self, text: str, *values: object) -> Sql:
        return Sql(f"{self.text} AND {text}", (*self.values, *values))


NO_ROWS: Final = Sql("0")


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    return " ".join(words_of_cells(text))


def listed(rows: Iterable[int]) -> Sql:
    return Sql(f"row IN ({', '.join(str(int(row)) for row in rows)})")


def met(conditions: Sequence[Condition]) -> Sql:
    return _joined(map(_tested, conditions), by=" AND ", none="1")


def same(column: int, texts: Iterable[str], *, but: Sequence[int]) -> Sql:
    """Return what the other rows meet that say in a column what one of these texts says."""
    one = _any(column, tuple(dict.fromkeys(map(folded, texts))))
    return Sql(f"({one.text}) AND NOT {listed(but).text}", one.values)


def _joined(parts: Iterable[Sql], *, by: str, none: str) -> Sql:
    made = list(parts)
    values = tuple(value for one in made for value in one.values)
    return Sql(by.join(f"({one.text})" for one in made) or none, values)


def _tested(condition: Condition) -> Sql:
    """Bounds are met by whole years that begin within them: March 2001 is not after 2001."""
    column, bound = condition.column, condition.number
    match condition.test:
        case "is":
            return _says(column, condition.value)
        case "in":
            return _any(column, condition.values)
        case "has":
            return _says(column, condition.value, among=True)
        case "not":
            held = _says(column, condition.value, among=bool(condition.value))
            return Sql(f"k{column} <> {EMPTY} AND NOT ({held.text})", held.values)
        case test:
            size = f"n{column}"
            if test in {"<=", ">"} and bound.is_integer():
                size = f"iif(k{column} = {DATE}, CAST({size} AS INTEGER), {size})"
            return Sql(f"{size} {test} ?", (bound,))


def _any(column: int, keys: Sequence[str]) -> Sql:
    return _joined((_says(column, key) for key in keys), by=" OR ", none="0")


def _says(column: int, key: str, *, among: bool = False) -> Sql:
    """Return what cells meet that say these words, or have them `among` others.

    Folding changes few letters: cells without the longest word are not folded.
    """
    cell = f"c{column}"
    if not key:
        return Sql(f"{cell} NOT GLOB '*[0-9A-Za-z]*' AND folded({cell}) = ''")
    held = f"instr(' ' || folded({cell}) || ' ', ?) > 0" if among else f"folded({cell}) = ?"
    wanted = f" {key} " if among else key
    plain = [word for word in key.split() if _PLAIN_WORD.fullmatch(word)]
    if not plain:
        return Sql(held, (wanted,))
    is_folded = f"{cell} GLOB '*[0-9],[0-9]*' OR length({cell}) <> length(CAST({cell} AS BLOB))"
    longest = f"%{max(plain, key=len)}%"
    return Sql(f"({cell} LIKE ? OR {is_folded}) AND {held}", (longest, wanted))


FEW: Final = 50
"""So many rows are read, and what a plan does with them is done as over a small table."""

MAX_CELLS: Final = 12
"""Of what more rows give, so many cells are named."""

MAX_GROUPS: Final = 20_000
"""Of a column with more different texts nothing is counted."""

_SUMMED: Final = {
    "sum": "sum(v)",
    "mean": "avg(v)",
    "min": "min(v)",
    "max": "max(v)",
    "range": "max(v) - min(v)",
}


def table_of_rows(
    rows: LongRows, numbers: Sequence[int], *, names: Sequence[str], title: str = ""
) -> Table:
    """Return some rows of a kept table, in this order, as a small one."""
    found = rows.texts(numbers)
    columns = tuple(
        TypedColumn(name=name, texts=tuple(found[row][n] for row in numbers), mark=rows.mark)
        for n, name in enumerate(names)
    )
    apart = frozenset(n for n, row in enumerate(numbers) if row in rows.rows_apart)
    return Table(columns=columns, title=title, apart=RowsApart(apart))


@dataclass(frozen=True, slots=True)
class _FoundRows:
    """Rows by what they meet, and by their numbers in the wanted order where they are few."""

    where: Sql
    few: list[int] | None


class LongEngine:
    """Runs plans over one kept table."""

    def __init__(self, rows: LongRows, *, few: int = FEW) -> None:
        """`few`: so many rows are read, and not only counted and summed."""
        self._rows = rows
        self._few_rows = few
        self._kept: dict[Rows, _FoundRows | None] = {}
        rows.db.create_function("folded", 1, folded, deterministic=True)

    def run(self, plan: TablePlan) -> PlanOutcome:
        """Return what a plan gives; `NOTHING` where it would need more rows than are read."""
        found = self._found(plan.rows)
        other = self._found(plan.other_rows) if plan.other_rows else _FoundRows(NO_ROWS, [])
        if found is None or other is None:
            return NOTHING
        if found.few is not None and other.few is not None:
            return self._of_few(plan, found.few, other.few)
        return self._of_many(plan, found, other)

    # Rows

    def _found(self, wanted: Rows) -> _FoundRows | None:
        """Return the rows that are wanted; None for an order that SQL does not know."""
        if wanted not in self._kept:
            self._kept[wanted] = self._sought(wanted)
        return self._kept[wanted]

    def _sought(self, wanted: Rows) -> _FoundRows | None:
        where = met(wanted.conditions)
        parts = self._without_apart(where)
        is_meant = names_rows(wanted.conditions) and not self._select("1", parts, "LIMIT 1")
        found = self._few(where if is_meant else parts)
        if wanted.order is not None:
            if wanted.order.reading not in {"number", "place"}:
                return None
            found = self._ordered(found.where, wanted.order)
        return self._near(found, wanted) if wanted.near else found

    def _without_apart(self, where: Sql) -> Sql:
        return where.also(f"row NOT IN {self._rows.apart}") if self._rows.apart else where

    def _few(self, where: Sql) -> _FoundRows:
        rows = self._select("row", where, f"ORDER BY row LIMIT {self._few_rows + 1}")
        return _FoundRows(where, [row for (row,) in rows] if len(rows) <= self._few_rows else None)

    def _ordered(self, where: Sql, order: Order) -> _FoundRows:
        size = "row" if order.reading == "place" else f"n{order.column}"
        which = "DESC" if order.largest else "ASC"
        where = self._dated(where, order)
        first = f"ORDER BY {size} {which}, row LIMIT 1 OFFSET {order.place - 1}"
        kept = self._select(f"{size}, row", where.also(f"{size} IS NOT NULL"), first)
        if order.place > 1 or not kept:
            return _FoundRows(listed(row for _, row in kept), [row for _, row in kept])
        return self._few(where.also(f"{size} = ?", kept[0][0]))

    def _dated(self, where: Sql, order: Order) -> Sql:
        """Leave out days without a year, where other rows have one."""
        if order.reading == "place":
            return where
        of_day = f"k{order.column} = {DATE} AND n{order.column}"
        whole = where.also(f"{of_day} >= {FIRST_YEAR}")
        has_whole = self._select("1", whole, "LIMIT 1")
        return where.also(f"NOT ({of_day} < {FIRST_YEAR})") if has_whole else where

    def _near(self, found: _FoundRows, wanted: Rows) -> _FoundRows | None:
        if found.few is None:
            ((first, last),) = self._select("min(row), max(row)", found.where)
        else:
            first, last = (found.few[0], found.few[-1]) if found.few else (None, None)
        if first is None:
            return _FoundRows(NO_ROWS, [])
        match wanted.near:
            case "next":
                where = Sql("row = ?", (last + 1,))
            case "previous":
                where = Sql("row = ?", (first - 1,))
            case "after":
                where = Sql("row > ?", (last,))
            case "before":
                where = Sql("row < ?", (first,))
            case _ if found.few is not None:
                texts = self._rows.texts(found.few).values()
                shared = [cells[wanted.near_column] for cells in texts]
                where = same(wanted.near_column, shared, but=found.few)
            case _:
                return None
        return self._few(self._without_apart(where))

    # What is done with them

    def _of_few(self, plan: TablePlan, one: Sequence[int], other: Sequence[int]) -> PlanOutcome:
        numbers = sorted({*one, *other})
        small = table_of_rows(self._rows, numbers, names=self._rows.names)
        known = {plan.rows: tuple(map(numbers.index, one))}
        if plan.other_rows is not None:
            known[plan.other_rows] = tuple(map(numbers.index, other))
        made = PlanEngine(small, known).run(plan)
        cells = tuple((numbers[row] if row >= 0 else row, column) for row, column in made.cells)
        return PlanOutcome(texts=made.texts, numbers=made.numbers, cells=cells)

    def _of_many(self, plan: TablePlan, found: _FoundRows, other: _FoundRows) -> PlanOutcome:
        where = found.where
        if plan.operation == "count":
            return self._outcome(self._count(where), self._tested(plan.rows, where))
        if plan.operation == "count difference" and plan.other_rows is not None:
            apart = abs(self._count(where) - self._count(other.where))
            cells = (*self._tested(plan.rows, where), *self._tested(plan.other_rows, other.where))
            return self._outcome(apart, cells[:MAX_CELLS])
        if plan.operation in _SUMMED:
            return self._summed(plan, where)
        if plan.operation in {"distinct", "most common", "least common"}:
            return self._grouped(plan, where)
        return NOTHING

    def _count(self, where: Sql) -> int:
        ((count,),) = self._select("count(*)", where)
        return int(count)

    def _summed(self, plan: TablePlan, where: Sql) -> PlanOutcome:
        relation, first = self._rows.relation, f"n{plan.columns[0]}"
        parts = [f"SELECT n{n} AS v FROM {relation} WHERE {where.text}" for n in plan.columns]
        query = f"SELECT {_SUMMED[plan.operation]} FROM ({' UNION ALL '.join(parts)})"
        ((number,),) = self._rows.db.execute(query, where.values * len(parts))
        if number is None:
            return NOTHING
        is_one = plan.operation in {"min", "max"}
        rest = where.also(f"{first} = ?", number) if is_one else where.also(f"{first} IS NOT NULL")
        return self._outcome(number, self._cells(rest, plan.columns[:1]))

    def _grouped(self, plan: TablePlan, where: Sql) -> PlanOutcome:
        column = plan.columns[0]
        filled = where.also(f"k{column} <> {EMPTY}")
        grouped = f"GROUP BY c{column} ORDER BY min(row) LIMIT {MAX_GROUPS + 1}"
        groups = self._select(f"c{column}, count(*), max(row)", filled, grouped)
        if len(groups) > MAX_GROUPS:
            return NOTHING
        counts, texts, last = Counter[str](), dict[str, str](), dict[str, int]()
        for text, count, row in groups:
            key = folded(text)
            counts[key] += count
            texts.setdefault(key, text)
            last[key] = max(row, last.get(key, 0))
        if plan.operation == "distinct":
            return self._outcome(len(counts), self._cells(where, plan.columns))
        if len(counts) < 2 or set(counts.values()) == {1}:  # noqa: PLR2004 - nothing to choose from
            return NOTHING
        wanted = (max if plan.operation == "most common" else min)(counts.values())
        kept = [texts[key] for key in sorted(texts, key=last.__getitem__) if counts[key] == wanted]
        cells = self._cells(filled.also(f"c{column} = ?", kept[0]), plan.columns)
        return PlanOutcome(texts=tuple(kept), cells=cells)

    def _outcome(self, number: float, cells: tuple[Place, ...]) -> PlanOutcome:
        return PlanOutcome(texts=(shown(number),), numbers=(float(number),), cells=cells)

    def _tested(self, wanted: Rows, where: Sql) -> tuple[Place, ...]:
        return self._cells(where, [condition.column for condition in wanted.conditions] or [0])

    def _cells(self, where: Sql, columns: Sequence[int]) -> tuple[Place, ...]:
        rows = self._select("row", where, f"ORDER BY row LIMIT {MAX_CELLS}")
        places = [(row, column) for (row,) in rows for column in dict.fromkeys(columns)]
        return tuple(places[:MAX_CELLS])

    def _select(self, what: str, where: Sql, then: str = "") -> list[tuple[Any, ...]]:
        query = f"SELECT {what} FROM {self._rows.relation} WHERE {where.text} {then}"
        return self._rows.db.execute(query, where.values).fetchall()
