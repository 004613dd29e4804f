"""Lessons of queries over tables: SQuALL's, with the names that the product gives columns.

The questions of other sets have no query: the untaught model is asked for one (see distill).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rag.table_qa.execution import QueryError, opened
from rag.table_qa.query_columns import QueryColumn
from rag.table_qa.query_table import QueryTable, query_table, rows_of
from rag.table_qa.text_to_sql import shown_table
from rag.tables.table import table_of
from training.writer.checks import is_same, words_of
from training.writer.lesson import Lesson

SHARES: Final = {"squall": 1.0, "wikisql": 1.0, "wtq": 0.42, "tatqa": 0.5}
_MAX_COLUMNS: Final = 16
_MAX_LETTERS: Final = 3_600

_NUMBERED: Final = re.compile(r"\bc(\d+)(?:_([a-z_]+))?\b")
_TEXT: Final = re.compile(r"'([^']*)'")
_KEYWORDS: Final = re.compile(
    r"'[^']*'|\b(?:select|from|where|order|by|group|limit|desc|asc|and|or|count|max|min|sum|avg|abs"
    r"|distinct|in|not|is|null|having|like|as|between|union|except|intersect)\b"
)


def query_lessons(
    rows: Iterable[dict[str, Any]], rng: random.Random, *, dev: bool
) -> Iterator[Lesson]:
    """Yield lessons; those whose query is to be found are none to judge by."""
    for row in rows:
        own = row["table"]
        is_taken = rng.random() < SHARES.get(row["set"], 0.0)
        if is_taken and 0 < len(own["columns"]) <= _MAX_COLUMNS:
            table = query_table(table_of(own["columns"], own["rows"], title=own["title"] or ""))
            lesson = _lesson(row, table)
            if len(lesson.user) <= _MAX_LETTERS and (lesson.answer or not dev):
                yield lesson


def _lesson(row: dict[str, Any], table: QueryTable) -> Lesson:
    query = by_names(row["sql"], table) if row["set"] == "squall" and row["sql"] else ""
    gold = query if query and _gives(query, table, row["answers"]) else ""
    turns = [(shown_table(row["question"], table), gold)]
    if gold:
        return Lesson(kind="sql", prompt="table_query", turns=turns)
    return Lesson(
        kind="sql",
        prompt="table_query",
        turns=turns,
        check="query",
        gold=row["answers"],
        columns=[(one.name, one.type.replace("DATE", "TEXT")) for one in table.columns],
        rows=[list(cells) for cells in rows_of(table, apart=False)],
    )


def _gives(query: str, table: QueryTable, answers: Sequence[str]) -> bool:
    try:
        with opened(table) as database:
            return is_same(database.run(query).rows, answers)
    except QueryError:
        return False


def by_names(sql: str, table: QueryTable) -> str:
    """Return a query of SQuALL, whose columns are c1, c1_number, by the names of a table.

    "" where the table has no such column. Texts get the spelling of their cells.
    """
    columns: dict[int, list[QueryColumn]] = defaultdict(list)
    for column in table.columns:
        columns[column.source + 1].append(column)
    found = {one[0]: _name(columns[int(one[1])], one[2]) for one in _NUMBERED.finditer(sql)}
    if not all(found.values()):
        return ""
    named = _NUMBERED.sub(lambda one: found[one[0]], re.sub(r"\bfrom w\b", "from t", sql))
    cells = {
        " ".join(words_of(cell)): cell
        for column in table.columns
        for cell in column.cells
        if isinstance(cell, str)
    }

    def spelled(text: re.Match[str]) -> str:
        cell = cells.get(" ".join(words_of(text[1])), text[1])
        return "'" + cell.replace("'", "''") + "'"

    return _tidy(_TEXT.sub(spelled, named))


def _name(columns: Sequence[QueryColumn], suffix: str | None) -> str:
    """Return how a table has a numbered column, as text, number, year or day; "" if it hasn't."""
    if not columns:
        return ""
    number = next((one.name for one in columns if one.type in {"INTEGER", "REAL"}), "")
    day = columns[0].name if columns[0].type == "DATE" else ""
    year = f"CAST(substr({day}, 1, 4) AS INTEGER)" if day else ""
    forms = {None: columns[0].name, "number": number, "year": number or year, "parsed": day}
    return forms.get(suffix, "")


def _tidy(sql: str) -> str:
    """Return a query with keywords in capitals and without the spaces of SQuALL's tokens."""
    tidy = _KEYWORDS.sub(lambda one: one[0] if one[0][0] == "'" else one[0].upper(), sql)
    tidy = re.sub(r"\s+(?=[),])|(?<=\()\s+", "", tidy)
    tidy = re.sub(r"\b(COUNT|MAX|MIN|SUM|AVG|ABS) \(", r"\1(", tidy)
    return " ".join(tidy.split()).rstrip("; ")
