"""A result over a table on one line: its values with the names of their rows and columns.

"Upper hut — Beds: 1,040"; "Upper hut (Beds: 1,040)" where the row's name is what is asked for;
"number of rows: 2 (Upper hut; Lake hut)" where it stands in no cell. Knows results and cells;
knows no hit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rag.table_qa.table_answer import TableAnswer
from rag.tables.engine import Place

MAX_VALUES: Final = 12
MAX_ROWS: Final = 6
"""Rows that are named of those that a number was worked out of."""

MAX_CELL: Final = 60
"""Letters of a cell that are told."""

Rows = Mapping[int, tuple[str, ...]]


def result_text(
    answer: TableAnswer, names: Sequence[str], places: Sequence[Place], rows: Rows, plan: str
) -> str:
    """Return what is told; `rows` are the cells of the `places`' rows, `plan` is one in words."""
    values = [
        (column, value)
        for row in answer.rows[:MAX_VALUES]
        for column, value in zip(answer.columns, row, strict=False)
        if value
    ]
    stands = [_place(value, column, names, places, rows) for column, value in values]
    if values and all(stands):
        told = (_of_cell(place, names, places, rows) for place in stands if place is not None)
        return "; ".join(dict.fromkeys(told))
    whole = "; ".join(f"{column}: {value}".removeprefix(": ") for column, value in values)
    if plan:
        return f"{plan}: {'; '.join(value for _, value in values)}{_worked_out_of(places, rows)}"
    return f"{whole}{_worked_out_of(places, rows)}"


def _place(
    value: str, column: str, names: Sequence[str], places: Sequence[Place], rows: Rows
) -> Place | None:
    """Return the cell that a value was read off as it stands; in its own column if there is one."""
    found = [one for one in places if _plain(rows[one[0]][one[1]]) == value]
    own = [one for one in found if names[one[1]] == column]
    return next(iter(own or found), None)


def _of_cell(place: Place, names: Sequence[str], places: Sequence[Place], rows: Rows) -> str:
    row, column = place
    value, label = _short(rows[row][column]), _short(rows[row][0])
    if column and label:
        return f"{label} — {names[column]}: {value}"
    others = [n for at, n in places if at == row and n != column and rows[row][n]]
    beside = "; ".join(f"{names[n]}: {_short(rows[row][n])}" for n in others)
    return f"{value} ({beside})" if beside else value


def _worked_out_of(places: Sequence[Place], rows: Rows) -> str:
    labels = [_short(rows[row][0]) for row in dict.fromkeys(row for row, _ in places)]
    told = list(dict.fromkeys(filter(None, labels)))
    more = "; …" if len(told) > MAX_ROWS else ""
    return f" ({'; '.join(told[:MAX_ROWS])}{more})" if told else ""


def _plain(cell: str) -> str:
    return " ".join(cell.split())


def _short(cell: str) -> str:
    text = _plain(cell)
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL].rstrip()}…"
