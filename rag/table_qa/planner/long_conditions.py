"""Conditions of a plan as SQL over the relation of a kept table. Knows no rows and runs nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.storage.tables.long_rows import DATE, EMPTY
from rag.table_qa.planner.plan import Condition
from rag.text import words_of_cells

_PLAIN_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition on rows, and what stands for its question marks."""

    text: str
    values: tuple[object, ...] = ()

    def also(self, text: str, *values: object) -> Sql:
        return Sql(f"{self.text} AND {text}", (*self.values, *values))

    def repeated(self, times: int) -> Sql:
        return Sql(self.text, self.values * times)


NO_ROWS: Final = Sql("0")


def add_functions(db: sqlite3.Connection) -> None:
    """Let SQL know `folded`: the words of a text as conditions name them."""
    db.create_function("folded", 1, folded, deterministic=True)


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    return " ".join(words_of_cells(text))


def listed(rows: Iterable[int]) -> Sql:
    return Sql(f"row IN ({', '.join(str(int(row)) for row in rows)})")


def met(conditions: Sequence[Condition]) -> Sql:
    """Return what rows meet that meet all of the conditions."""
    made = [_tested(condition) for condition in conditions]
    values = tuple(value for one in made for value in one.values)
    return Sql(" AND ".join(f"({one.text})" for one in made) or "1", values)


def same(column: int, texts: Iterable[str], *, but: Sequence[int]) -> Sql:
    """Return what the other rows meet that say in a column what one of these texts says."""
    keys = tuple(dict.fromkeys(map(folded, texts)))
    one = _any(column, keys)
    return Sql(f"({one.text}) AND NOT {listed(but).text}", one.values)


def _tested(condition: Condition) -> Sql:
    column = condition.column
    match condition.test:
        case "is":
            return _is(column, condition.value)
        case "in":
            return _any(column, condition.values)
        case "has":
            return _has(column, condition.value)
        case "not":
            held = _has(column, condition.value) if condition.value else _is(column, "")
            return Sql(f"k{column} <> {EMPTY} AND NOT ({held.text})", held.values)
        case _:
            return _bounded(condition)


def _bounded(condition: Condition) -> Sql:
    """Bounds are met by whole years that begin within them: March 2001 is not after 2001."""
    number, kind = f"n{condition.column}", f"k{condition.column}"
    bound = condition.number
    if condition.test in {"<", ">="} or not bound.is_integer():
        return Sql(f"{number} {condition.test} ?", (bound,))
    if condition.test == "<=":
        return Sql(f"{number} <= ? OR ({kind} = {DATE} AND {number} < ?)", (bound, bound + 1))
    return Sql(f"{number} > ? AND ({kind} <> {DATE} OR {number} >= ?)", (bound, bound + 1))


def _any(column: int, keys: Sequence[str]) -> Sql:
    made = [_is(column, key) for key in keys]
    values = tuple(value for one in made for value in one.values)
    return Sql(" OR ".join(f"({one.text})" for one in made) or "0", values)


def _is(column: int, key: str) -> Sql:
    cell = f"c{column}"
    if not key:
        return Sql(f"{cell} NOT GLOB '*[0-9A-Za-z]*' AND folded({cell}) = ''")
    likely = _likely(cell, key)
    return Sql(f"{likely.text} AND folded({cell}) = ?", (*likely.values, key))


def _has(column: int, key: str) -> Sql:
    cell = f"c{column}"
    likely = _likely(cell, key)
    held = f"{likely.text} AND instr(' ' || folded({cell}) || ' ', ?) > 0"
    return Sql(held, (*likely.values, f" {key} "))


def _likely(cell: str, key: str) -> Sql:
    """Return what cells meet at least whose words may be these: folding changes few letters."""
    plain = [word for word in key.split() if _PLAIN_WORD.fullmatch(word)]
    if not plain:
        return Sql("1")
    is_folded = f"{cell} GLOB '*[0-9],[0-9]*' OR length({cell}) <> length(CAST({cell} AS BLOB))"
    return Sql(f"({cell} LIKE ? OR {is_folded})", (f"%{max(plain, key=len)}%",))
