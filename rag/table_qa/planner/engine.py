"""Plans, run over a table: what comes out, and the cells that went in. Knows no question."""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.storage.tables.values import Value, is_yearless
from rag.table_qa.planner.table import Condition, Order, Reading, Rows, Table, TablePlan
from rag.text import YEAR

Place = tuple[int, int]
"""A cell by its row and column; row -1 is the heading."""

HEADING: Final = -1
_YEAR: Final = re.compile(rf"\b{YEAR}\b")
_ITEMS: Final = re.compile(r"[,;\n/]|\band\b|&")


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """What a plan gives: texts as they stand or numbers, and the places that it was read from."""

    texts: tuple[str, ...]
    numbers: tuple[float, ...] = ()
    cells: tuple[Place, ...] = ()


NOTHING: Final = PlanOutcome(texts=())


class PlanEngine:
    """Runs plans over one table; rows that were found once are kept."""

    def __init__(self, table: Table, known: Mapping[Rows, tuple[int, ...]] | None = None) -> None:
        """`known` are rows that were found elsewhere."""
        self.table = table
        self._met: dict[Condition, frozenset[int]] = {}
        self._rows: dict[Rows, tuple[int, ...]] = dict(known or {})

    def run(self, plan: TablePlan) -> PlanOutcome:
        """Return what a plan gives; `NOTHING` where its rows or numbers are not there."""
        return _OPERATIONS[plan.operation](self, plan, self.rows(plan.rows)) or NOTHING

    def rows(self, wanted: Rows) -> tuple[int, ...]:
        """Return the numbers of the rows, in the table's order or that which is wanted."""
        if wanted not in self._rows:
            self._rows[wanted] = self._found(wanted)
        return self._rows[wanted]

    def _found(self, wanted: Rows) -> tuple[int, ...]:
        met = [self._meets(condition) for condition in wanted.conditions]
        kept: Sequence[int] = range(self.table.height)
        if met:
            kept = sorted(frozenset.intersection(*met))
        parts = [row for row in kept if row not in self.table.left_out]
        kept = kept if not parts and names_rows(wanted.conditions) else parts
        if wanted.order is not None:
            kept = self._ordered(kept, wanted.order)
        if wanted.near:
            kept = [n for n in self._adjacent(kept, wanted) if n not in self.table.left_out]
        return tuple(kept)

    def _adjacent(self, rows: Sequence[int], wanted: Rows) -> tuple[int, ...]:
        if not rows:
            return ()
        height = self.table.height
        match wanted.near:
            case "next":
                return (rows[-1] + 1,) if rows[-1] + 1 < height else ()
            case "previous":
                return (rows[0] - 1,) if rows[0] else ()
            case "after":
                return tuple(range(rows[-1] + 1, height))
            case "before":
                return tuple(range(rows[0]))
            case _:
                values = self.table.columns[wanted.near_column].values
                shared = {values[row].key for row in rows}
                alike = (row for row, value in enumerate(values) if value.key in shared)
                return tuple(row for row in alike if row not in rows)

    def _ordered(self, rows: Sequence[int], order: Order) -> list[int]:
        """Return the rows in the wanted places, with those of the same number."""
        sizes = self._sizes(rows, order)
        ranked = sorted(sizes, key=lambda row: -sizes[row] if order.largest else sizes[row])
        kept = ranked[order.place - 1 : order.place]
        if order.place > 1 or not kept:
            return kept
        return [row for row in ranked if sizes[row] == sizes[kept[0]]]

    def _sizes(self, rows: Sequence[int], order: Order) -> dict[int, float]:
        """Return what rows are ordered by; days without a year are not, where others have one."""
        sizes = {row: size for row in rows if (size := self.size(row, order)) is not None}
        values = self.table.columns[order.column].values
        if order.reading != "number" or self.table.columns[order.column].kind != "date":
            return sizes
        dated = {row: size for row, size in sizes.items() if not is_yearless(values[row])}
        return dated or sizes

    def size(self, row: int, order: Order) -> float | None:
        if order.reading == "place":
            return float(row)
        return reading_of(self.table.columns[order.column].values[row], order.reading)

    def _meets(self, condition: Condition) -> frozenset[int]:
        if condition not in self._met:
            test = _tested(condition)
            values = self.table.columns[condition.column].values
            self._met[condition] = frozenset(n for n, value in enumerate(values) if test(value))
        return self._met[condition]

    def number(self, row: int, column: int) -> float | None:
        return self.table.columns[column].numbers[row]


def names_rows(conditions: Sequence[Condition]) -> bool:
    """Tell whether a condition names what a cell says, so that a total may be meant by it."""
    return any(condition.test in {"is", "has", "in"} for condition in conditions)


def reading_of(value: Value, reading: Reading) -> float | None:
    if reading == "number" or value.number is None:
        return value.number
    if reading == "second":
        return value.second
    return abs(value.second - value.number) if value.second is not None else None


def _tested(condition: Condition) -> Callable[[Value], bool]:
    """Return the test of a condition. Bounds are met by whole years that begin within them."""
    wanted, number = condition.value, condition.number
    padded = f" {wanted} "
    tests: dict[str, Callable[[Value], bool]] = {
        "is": lambda value: value.key == wanted,
        "has": lambda value: padded in f" {value.key} ",
        "not": lambda value: value.kind != "empty" and padded not in f" {value.key} ",
        "in": lambda value: value.key in condition.values,
        "<": lambda value: value.number is not None and value.number < number,
        "<=": lambda value: value.number is not None and _floor(value, number) <= number,
        ">": lambda value: value.number is not None and _floor(value, number) > number,
        ">=": lambda value: value.number is not None and value.number >= number,
    }
    return tests[condition.test]


def _floor(value: Value, bound: float) -> float:
    """Return a date by its year where the bound is a whole year: March 2001 is not after 2001."""
    number = value.number or 0.0
    return math.floor(number) if value.kind == "date" and bound.is_integer() else number


def _select(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    cells = [(row, column) for row in rows for column in plan.columns]
    if plan.reading != "text":
        return _numbered([_part(engine, plan, cell) for cell in cells], cells)
    texts = [engine.table.text(*cell) for cell in cells]
    shown_texts = dict.fromkeys(text for text in texts if text.strip())
    return PlanOutcome(texts=tuple(shown_texts), cells=tuple(cells)) if shown_texts else None


def _part(engine: PlanEngine, plan: TablePlan, cell: Place) -> float | None:
    value = engine.table.columns[cell[1]].values[cell[0]]
    if plan.reading == "year":
        return None if value.number is None else float(math.floor(value.number))
    return reading_of(value, "span" if plan.reading == "span" else "number")


def _numbered(numbers: Iterable[float | None], cells: Iterable[Place]) -> PlanOutcome | None:
    values = dict.fromkeys(number for number in numbers if number is not None)
    if not values:
        return None
    return PlanOutcome(texts=tuple(map(shown, values)), numbers=tuple(values), cells=tuple(cells))


def _count(_: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    return _numbered([float(len(rows))], _label_cells(plan.rows, rows))


def _label_cells(wanted: Rows, rows: Sequence[int]) -> list[Place]:
    columns = [condition.column for condition in wanted.conditions] or [0]
    return [(row, column) for row in rows for column in dict.fromkeys(columns)]


def _distinct(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    column = engine.table.columns[plan.columns[0]]
    keys = {column.values[row].key for row in rows if column.values[row].kind != "empty"}
    return _numbered([float(len(keys))], [(row, plan.columns[0]) for row in rows])


def _aggregated(made: Callable[[Sequence[float]], float]) -> Callable[..., PlanOutcome | None]:
    def run(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
        cells = [(row, column) for row in rows for column in plan.columns]
        found = {cell: n for cell in cells if (n := engine.number(*cell)) is not None}
        return _numbered([made(list(found.values()))], found) if found else None

    return run


def _of_two(made: Callable[[float, float], float | None]) -> Callable[..., PlanOutcome | None]:
    def run(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
        others = engine.rows(plan.other_rows) if plan.other_rows is not None else rows
        column = plan.other_column if plan.other_column is not None else plan.columns[0]
        if len(rows) != 1 or len(others) != 1:
            return None
        cells = [(rows[0], plan.columns[0]), (others[0], column)]
        first, second = (engine.number(*cell) for cell in cells)
        if first is None or second is None or cells[0] == cells[1]:
            return None
        return _numbered([made(first, second)], cells)

    return run


def _whether(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    made = _of_two(operator.sub)(engine, plan, rows)
    return made and PlanOutcome(texts=("yes" if made.numbers[0] > 0 else "no",), cells=made.cells)


def _count_difference(
    engine: PlanEngine, plan: TablePlan, rows: Sequence[int]
) -> PlanOutcome | None:
    wanted = plan.other_rows or Rows()
    others = engine.rows(wanted)
    cells = [*_label_cells(plan.rows, rows), *_label_cells(wanted, others)]
    return _numbered([float(abs(len(rows) - len(others)))], cells)


def _common(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    column = engine.table.columns[plan.columns[0]]
    filled = [row for row in rows if column.values[row].kind != "empty"]
    counts = Counter(column.values[row].key for row in filled)
    if len(counts) < 2 or set(counts.values()) == {1}:  # noqa: PLR2004 - nothing to choose from
        return None
    wanted = (max if plan.operation == "most common" else min)(counts.values())
    cells = [(row, plan.columns[0]) for row in filled if counts[column.values[row].key] == wanted]
    first = {column.values[row].key: column.texts[row] for row, _ in reversed(cells)}
    return PlanOutcome(texts=tuple(reversed(first.values())), cells=tuple(cells))


def _heading(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    if len(rows) != 1:
        return None
    cells = [(rows[0], column) for column in plan.columns]
    found = {cell: n for cell in cells if (n := engine.number(*cell)) is not None}
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose from
        return None
    best = (max if plan.largest else min)(found, key=lambda cell: found[cell])
    name = engine.table.columns[best[1]].name
    return PlanOutcome(texts=(name,), cells=((HEADING, best[1]), *found))


def _headings(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    columns = engine.table.columns
    held = [n for n in plan.columns if any(columns[n].values[r].kind != "empty" for r in rows)]
    headings = dict.fromkeys(year for n in held for year in _YEAR.findall(columns[n].name))
    return PlanOutcome(texts=tuple(headings), cells=tuple((HEADING, column) for column in held))


def _items(engine: PlanEngine, plan: TablePlan, rows: Sequence[int]) -> PlanOutcome | None:
    if len(rows) != 1:
        return None
    listed = _ITEMS.split(engine.table.text(rows[0], plan.columns[0]))
    return _numbered(
        [float(sum(bool(part.strip()) for part in listed))], [(rows[0], plan.columns[0])]
    )


def shown(number: float) -> str:
    return f"{round(number, 4):.4f}".rstrip("0").rstrip(".")


_OPERATIONS: Final[
    dict[str, Callable[[PlanEngine, TablePlan, Sequence[int]], PlanOutcome | None]]
] = {
    "select": _select,
    "count": _count,
    "distinct": _distinct,
    "sum": _aggregated(math.fsum),
    "mean": _aggregated(lambda numbers: math.fsum(numbers) / len(numbers)),
    "min": _aggregated(min),
    "max": _aggregated(max),
    "range": _aggregated(lambda numbers: max(numbers) - min(numbers)),
    "difference": _of_two(operator.sub),
    "apart": _of_two(lambda a, b: abs(a - b)),
    "ratio": _of_two(lambda a, b: a / b if b else None),
    "share": _of_two(lambda a, b: 100 * a / b if b else None),
    "growth": _of_two(lambda a, b: 100 * (a - b) / abs(b) if b else None),
    "most common": _common,
    "least common": _common,
    "count difference": _count_difference,
    "heading": _heading,
    "headings": _headings,
    "items": _items,
    "whether": _whether,
}
