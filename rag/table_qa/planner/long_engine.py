"""Plans over the rows of a kept table, however many: SQLite finds and sums, a few rows are read.

What comes out is what `PlanEngine` gives over the same rows, but that of many cells that went in
only the first are named. Knows plans and relations; knows no question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rag.storage.tables.long_rows import DATE, EMPTY, LongRows
from rag.storage.tables.values import FIRST_YEAR
from rag.table_qa.planner.engine import NOTHING, Place, PlanEngine, PlanOutcome, names_rows, shown
from rag.table_qa.planner.long_conditions import (
    NO_ROWS,
    Sql,
    add_functions,
    folded,
    listed,
    met,
    same,
)
from rag.table_qa.planner.plan import Order, Rows, TablePlan
from rag.table_qa.planner.table import Table, TypedColumn

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
        add_functions(rows.db)

    def run(self, plan: TablePlan) -> PlanOutcome:
        """Return what a plan gives; `NOTHING` where it would need more rows than are read."""
        found = self._found(plan.rows)
        other = (
            self._found(plan.other_rows) if plan.other_rows is not None else _FoundRows(NO_ROWS, [])
        )
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
        found = self._few(self._parts(wanted))
        if wanted.order is not None:
            if wanted.order.reading not in {"number", "place"}:
                return None
            found = self._ordered(found.where, wanted.order)
        return self._near(found, wanted) if wanted.near else found

    def _parts(self, wanted: Rows) -> Sql:
        """Return what rows meet without totals and notes; where only these are named, with them."""
        where = met(wanted.conditions)
        parts = self._without_apart(where)
        is_meant = names_rows(wanted.conditions) and not self._all(
            f"SELECT 1 FROM {{}} WHERE {parts.text} LIMIT 1", parts
        )
        return where if is_meant else parts

    def _without_apart(self, where: Sql) -> Sql:
        return where.also(f"row NOT IN {self._rows.apart}") if self._rows.apart else where

    def _few(self, where: Sql) -> _FoundRows:
        rows = self._all(
            f"SELECT row FROM {{}} WHERE {where.text} ORDER BY row LIMIT {self._few_rows + 1}",
            where,
        )
        return _FoundRows(where, [row for (row,) in rows] if len(rows) <= self._few_rows else None)

    def _ordered(self, where: Sql, order: Order) -> _FoundRows:
        size = "row" if order.reading == "place" else f"n{order.column}"
        which = "DESC" if order.largest else "ASC"
        where = self._dated(where, order)
        kept = self._all(
            f"SELECT {size}, row FROM {{}} WHERE {where.text} AND {size} IS NOT NULL"
            f" ORDER BY {size} {which}, row LIMIT 1 OFFSET {order.place - 1}",
            where,
        )
        if order.place > 1 or not kept:
            return _FoundRows(listed(row for _, row in kept), [row for _, row in kept])
        return self._few(where.also(f"{size} = ?", kept[0][0]))

    def _dated(self, where: Sql, order: Order) -> Sql:
        """Leave out days without a year, where other rows have one."""
        if order.reading == "place":
            return where
        of_day = f"k{order.column} = {DATE} AND n{order.column}"
        whole = where.also(f"{of_day} >= {FIRST_YEAR}")
        has_whole = self._all(f"SELECT 1 FROM {{}} WHERE {whole.text} LIMIT 1", whole)
        return where.also(f"NOT ({of_day} < {FIRST_YEAR})") if has_whole else where

    def _near(self, found: _FoundRows, wanted: Rows) -> _FoundRows | None:
        first, last = self._ends(found)
        if first is None or last is None:
            return _FoundRows(NO_ROWS, [])
        match wanted.near:
            case "next":
                return self._adjacent(Sql("row = ?", (last + 1,)))
            case "previous":
                return self._adjacent(Sql("row = ?", (first - 1,)))
            case "after":
                return self._adjacent(Sql("row > ?", (last,)))
            case "before":
                return self._adjacent(Sql("row < ?", (first,)))
            case _:
                return self._same(found, wanted.near_column)

    def _adjacent(self, where: Sql) -> _FoundRows:
        return self._few(self._without_apart(where))

    def _ends(self, found: _FoundRows) -> tuple[int | None, int | None]:
        if found.few is not None:
            return (found.few[0], found.few[-1]) if found.few else (None, None)
        ((first, last),) = self._all(
            f"SELECT min(row), max(row) FROM {{}} WHERE {found.where.text}", found.where
        )
        return first, last

    def _same(self, found: _FoundRows, column: int) -> _FoundRows | None:
        if found.few is None:
            return None
        texts = self._rows.texts(found.few)
        return self._adjacent(
            same(column, [cells[column] for cells in texts.values()], but=found.few)
        )

    # What is done with them

    def _of_few(self, plan: TablePlan, one: Sequence[int], other: Sequence[int]) -> PlanOutcome:
        numbers = sorted({*one, *other})
        texts = self._rows.texts(numbers)
        small = Table(
            columns=tuple(
                TypedColumn(
                    name=name, texts=tuple(texts[n][place] for n in numbers), mark=self._rows.mark
                )
                for place, name in enumerate(self._rows.names)
            )
        )
        places = {row: place for place, row in enumerate(numbers)}
        known = {plan.rows: tuple(places[row] for row in one)}
        if plan.other_rows is not None:
            known[plan.other_rows] = tuple(places[row] for row in other)
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
        ((count,),) = self._all(f"SELECT count(*) FROM {{}} WHERE {where.text}", where)
        return int(count)

    def _summed(self, plan: TablePlan, where: Sql) -> PlanOutcome:
        parts = [f"SELECT n{n} AS v FROM {{0}} WHERE {where.text}" for n in plan.columns]
        query = f"SELECT {_SUMMED[plan.operation]} FROM ({' UNION ALL '.join(parts)})"
        ((number,),) = self._all(query, where.repeated(len(parts)))
        if number is None:
            return NOTHING
        place = f"n{plan.columns[0]}"
        numeric = (
            where.also(f"{place} = ?", number)
            if plan.operation in {"min", "max"}
            else where.also(f"{place} IS NOT NULL")
        )
        return self._outcome(number, self._cells(numeric, plan.columns[:1]))

    def _grouped(self, plan: TablePlan, where: Sql) -> PlanOutcome:
        column = plan.columns[0]
        filled = where.also(f"k{column} <> {EMPTY}")
        groups = self._all(_groups(column, filled), filled)
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
        rows = self._all(
            f"SELECT row FROM {{}} WHERE {where.text} ORDER BY row LIMIT {MAX_CELLS}", where
        )
        places = [(row, column) for (row,) in rows for column in dict.fromkeys(columns)]
        return tuple(places[:MAX_CELLS])

    def _all(self, query: str, where: Sql) -> list[tuple[Any, ...]]:
        return self._rows.db.execute(query.format(self._rows.relation), where.values).fetchall()


def _groups(column: int, where: Sql) -> str:
    """Return what asks for the texts of a column, how often and where last each stands."""
    return (
        f"SELECT c{column}, count(*), max(row) FROM {{}} WHERE {where.text}"
        f" GROUP BY c{column} ORDER BY min(row) LIMIT {MAX_GROUPS + 1}"
    )
