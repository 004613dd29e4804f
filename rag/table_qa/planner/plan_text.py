"""A plan in words: "Station of the row with the largest Snow depth cm". Knows plans and names."""

from __future__ import annotations

import re
from typing import Final

from rag.table_qa.planner.engine import shown
from rag.table_qa.planner.plan import Condition, Order, Rows, TablePlan
from rag.table_qa.planner.table import Table

_TESTS: Final = {
    "is": "is",
    "has": "has",
    "not": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "in": "is",
}
_NEAR: Final = {
    "next": "the row after",
    "previous": "the row before",
    "after": "all rows after",
    "before": "all rows before",
    "same": "other rows with the same {} as",
}
_OPERATIONS: Final = {
    "count": "the number of {rows}",
    "distinct": "how many different {column} stand in {rows}",
    "sum": "the sum of {column} over {rows}",
    "mean": "the mean of {column} over {rows}",
    "min": "the smallest {column} of {rows}",
    "max": "the largest {column} of {rows}",
    "range": "the largest less the smallest {column} of {rows}",
    "most common": "the most frequent {column} of {rows}",
    "least common": "the least frequent {column} of {rows}",
    "headings": "the years with a value in {rows}",
    "items": "how many things are listed in {column} of {rows}",
    "difference": "{one} less {other}",
    "apart": "the difference between {one} and {other}",
    "ratio": "{one} divided by {other}",
    "share": "{one} as a percentage of {other}",
    "growth": "the change from {other} to {one}, in percent",
    "whether": "whether {one} is more than {other}",
    "count difference": "the difference between the numbers of {rows} and of {others}",
}
_SCALED: Final = re.compile(r"\bin (?:thousands|millions|billions)\b|\bin 000s?\b", re.IGNORECASE)
_ORDINALS: Final = ("", "", "second ", "third ", "fourth ", "fifth ")


def in_words(plan: TablePlan, table: Table) -> str:
    """Return what a plan does, without a full stop."""
    rows = _rows(plan.rows, table)
    columns = " and ".join(_named(table, number) for number in plan.columns)
    if plan.operation == "select":
        read = {
            "text": "",
            "number": "the number in ",
            "year": "the year of ",
            "span": "the length of ",
        }
        return f"{read[plan.reading]}{columns} of {rows}"
    if plan.operation == "heading":
        return f"the column with the {'largest' if plan.largest else 'smallest'} value of {rows}"
    others = _rows(plan.other_rows, table) if plan.other_rows else rows
    second = plan.columns[0] if plan.other_column is None and plan.columns else plan.other_column
    one = f"{columns} of {rows}"
    other = f"{_named(table, second)} of {others}" if second is not None else others
    return _OPERATIONS[plan.operation].format(
        rows=rows, others=others, column=columns, one=one, other=other
    )


def _rows(rows: Rows, table: Table) -> str:
    phrase = _met(rows, table)
    if rows.order is not None:
        among = " among" if rows.conditions else ", of"
        phrase = f"{_ordered(rows.order, table)}{among} {phrase}"
    if rows.near:
        return f"{_NEAR[rows.near].format(_named(table, rows.near_column))} {phrase}"
    return phrase


def _met(rows: Rows, table: Table) -> str:
    title = f" of “{table.title}”" if table.title else ""
    if not rows.conditions:
        but = " (totals left out)" if table.has_totals else ""
        return f"all {table.parts:,} rows{title}{but}"
    return f"the rows{title} where {' and '.join(_tested(one, table) for one in rows.conditions)}"


def _tested(condition: Condition, table: Table) -> str:
    name = _named(table, condition.column)
    if condition.test in {"is", "not"} and not condition.value:
        return f"{name} is {'empty' if condition.test == 'is' else 'filled'}"
    if condition.test == "in":
        wanted = " or ".join(_written(value, condition.column, table) for value in condition.values)
    elif condition.value:
        wanted = _written(condition.value, condition.column, table)
    else:
        wanted = shown(condition.number)
    return f"{name} {_TESTS[condition.test]} {wanted}"


def _written(key: str, column: int, table: Table) -> str:
    """Return a value as the table writes it."""
    own = table.columns[column]
    return next(
        (t for t, value in zip(own.texts, own.values, strict=True) if value.key == key), key
    )


def _ordered(order: Order, table: Table) -> str:
    place = _ORDINALS[min(order.place, len(_ORDINALS) - 1)]
    if order.reading == "place":
        return f"the {place}{'last' if order.largest else 'first'} row"
    span = "span of " if order.reading == "span" else ""
    which = "largest" if order.largest else "smallest"
    return f"the row with the {place}{which} {span}{_named(table, order.column)}"


def _named(table: Table, column: int) -> str:
    """Return what a column is called; over labels of rows may stand what all numbers are in."""
    name = table.columns[column].name
    if column == 0 and _SCALED.search(name):
        return "label"
    return name or f"column {column + 1}"
