"""Mends a query that a small model wrote: names, values as cells spell them, numbers of texts.

What is mended is what such models get wrong while they mean the right thing. Knows SQL's syntax
tree and a query's table; runs nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from typing import Final

from sqlglot import exp

from rag.storage.tables.values import date_of, read
from rag.table_qa.execution import TABLE
from rag.table_qa.query_shape import DIALECT
from rag.table_qa.query_table import QueryColumn, QueryTable, iso_day
from rag.table_qa.value_match import ValueMatch

MIN_NAME_LIKENESS: Final = 0.6
MIN_BEGINNING: Final = 3
_ORDERED: Final = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_COMPARED: Final = (exp.EQ, exp.NEQ, *_ORDERED)
_ARITHMETIC: Final = (
    exp.Sub,
    exp.Add,
    exp.Mul,
    exp.Div,
    exp.Sum,
    exp.Avg,
    exp.Max,
    exp.Min,
    exp.Abs,
)
_PARTS: Final = {("%Y", "YEAR"): (1, 4), ("%m", "MONTH"): (6, 2), ("%d", "DAY"): (9, 2)}


def mended(query: exp.Query, table: QueryTable) -> exp.Query:
    """Return a query with the names and values of a table; what fits nothing stays as it is."""
    return _Mender(table).mend(query.copy())


class _Mender:
    def __init__(self, table: QueryTable) -> None:
        self._table = table
        self._columns = table.by_name
        self._match = ValueMatch(table)

    def mend(self, query: exp.Query) -> exp.Query:
        self._name_tables(query)
        self._name_columns(query)
        steps: tuple[tuple[type[exp.Expr], Callable[[exp.Expr], None]], ...] = (
            (exp.TimeToStr, self._part_of_day),
            (exp.Year, self._part_of_day),
            (exp.Month, self._part_of_day),
            (exp.Day, self._part_of_day),
            (exp.Ordered, self._order),
        )
        for kind, step in steps:
            for node in list(query.find_all(kind)):
                step(node)
        for node in list(query.find_all(exp.In)):
            self._one_of(node)
        for node in list(query.find_all(*_COMPARED, exp.Like, exp.Between)):
            self._compared(node)
        for node in list(query.find_all(*_ARITHMETIC)):
            self._numbers_of(node)
        return query

    def _name_tables(self, query: exp.Query) -> None:
        named = {cte.alias_or_name for cte in query.find_all(exp.CTE)}
        for node in query.find_all(exp.Table):
            if node.name not in named:
                node.set("this", exp.to_identifier(TABLE))

    def _name_columns(self, query: exp.Query) -> None:
        aliases = {alias.alias.lower() for alias in query.find_all(exp.Alias)}
        known = {*self._columns, "id"}
        for node in query.find_all(exp.Column):
            name = node.name.lower()
            if isinstance(node.this, exp.Star) or name in aliases:
                continue
            if name in known:
                node.set("this", exp.to_identifier(name))
            elif node.this.quoted and not node.table:  # "Accra" is a text by intent
                node.replace(exp.Literal.string(node.name))
            else:
                near = _nearest_name(name, known)
                if near is not None:
                    node.set("this", exp.to_identifier(near))

    def _part_of_day(self, node: exp.Expr) -> None:
        """Replace the part of a day by letters of the column: SQLite reads whole days alone."""
        column = node.find(exp.Column)
        part = _part_named(node.sql(dialect=DIALECT))
        if column is None or part is None or self._type(column) != "DATE":
            return
        first, count = part
        if self._is_yearless(column):
            first -= len("2001-")
        letters = exp.func(
            "SUBSTR", column.copy(), exp.Literal.number(first), exp.Literal.number(count)
        )
        node.replace(exp.cast(letters, "INTEGER"))

    def _is_yearless(self, node: exp.Expr) -> bool:
        column = self._own(node)
        cells = column.cells if column is not None else ()
        return all(len(cell) == len("03-14") for cell in cells if isinstance(cell, str))

    def _order(self, node: exp.Expr) -> None:
        """Order by the number of a text, and what says nothing last."""
        if isinstance(node.this, exp.Column):
            self._as_number(node.this)
        node.args["nulls_first"] = False

    def _compared(self, node: exp.Expr) -> None:
        column = self._own(node.this)
        if column is None and isinstance(node.this, exp.Cast | exp.Lower | exp.Upper):
            column = self._own(node.this.this)
            if column is not None and not isinstance(node.this, exp.Cast):
                node.this.replace(node.this.this)  # texts compare without case
        if column is None:
            self._plain_number(node)
            return
        if column.type == "DATE":
            self._day(node)
        elif column.type == "TEXT":
            self._text(node, column)
        else:
            self._number(node)

    def _one_of(self, node: exp.Expr) -> None:
        """Test each of some values of a text by itself, so that each is mended."""
        column = self._own(node.this)
        if column is None or column.type != "TEXT" or not _literals(node):
            return
        tests = [exp.EQ(this=node.this.copy(), expression=one.copy()) for one in _literals(node)]
        node.replace(exp.paren(exp.or_(*tests)))

    def _plain_number(self, node: exp.Expr) -> None:
        """Compare a number with a number: SQLite finds no text equal to one."""
        if isinstance(node.this, exp.Cast | exp.Count) and _is_text(node.expression):
            number = read(node.expression.name).number
            if number is not None:
                node.set("expression", _literal(number))

    def _number(self, node: exp.Expr) -> None:
        for literal in _literals(node):
            number = read(literal.name).number if literal.is_string else None
            if number is not None and not isinstance(node, exp.Like):
                literal.replace(_literal(number))

    def _day(self, node: exp.Expr) -> None:
        """Compare a day with as many letters of the column as the literal has."""
        found = [(literal, _iso(literal.name)) for literal in _literals(node)]
        if not found or any(not iso for _, iso in found):
            return
        if isinstance(node, exp.Like) or len({len(iso) for _, iso in found}) > 1:
            node_value = found[0]
            if isinstance(node, exp.Like) and not node_value[0].name.strip("%").isdigit():
                node_value[0].replace(exp.Literal.string(f"{node_value[1]}%"))
            return
        for literal, iso in found:
            literal.replace(exp.Literal.string(iso))
        count = exp.Literal.number(len(found[0][1]))
        node.set("this", exp.func("SUBSTR", node.this.copy(), exp.Literal.number(1), count))

    def _text(self, node: exp.Expr, column: QueryColumn) -> None:
        if isinstance(node, (*_ORDERED, exp.Between)):
            if all(_is_numeric(literal) for literal in _literals(node)):
                self._as_number(node.this)
            return
        literals = _literals(node)
        if len(literals) == 1:
            self._matched(node, column, literals[0])

    def _matched(self, node: exp.Expr, column: QueryColumn, literal: exp.Expr) -> None:
        """Put the nearest value of the column, or the column that has the value, into a test."""
        if isinstance(node, exp.Like):
            if self._match.holds(column, literal.name):
                return
        elif _is_numeric(literal) and self._match.exact(column, literal.name) is None:
            self._as_number(node.this)
            if node.this.name != column.name:
                literal.replace(_literal(float(literal.name)))
                return
        found = self._match.nearest(column, literal.name.strip("%"))
        if found is None:
            return
        node.this.set("this", exp.to_identifier(found.column.name))
        value = exp.Literal.string(f"%{found.text}%" if found.is_part else found.text)
        if not found.is_part and not isinstance(node, exp.Like):
            literal.replace(value)
        elif isinstance(node, exp.NEQ):
            node.replace(exp.not_(exp.Like(this=node.this.copy(), expression=value)))
        else:
            node.replace(exp.Like(this=node.this.copy(), expression=value))

    def _numbers_of(self, node: exp.Expr) -> None:
        for part in (node.this, node.expression):
            if isinstance(part, exp.Column):
                self._as_number(part)

    def _as_number(self, node: exp.Expr) -> None:
        """Name the column of numbers beside a text's, where there is one."""
        column = self._own(node)
        name = f"{node.name}_number"
        if column is not None and column.type == "TEXT" and name in self._columns:
            node.set("this", exp.to_identifier(name))

    def _own(self, node: exp.Expr | None) -> QueryColumn | None:
        return self._columns.get(node.name) if isinstance(node, exp.Column) else None

    def _type(self, node: exp.Expr) -> str:
        column = self._own(node)
        return column.type if column is not None else ""


def _part_named(call: str) -> tuple[int, int] | None:
    """Return the first letter (from 1) of an ISO day and the count that a call asks for."""
    parts = (letters for names, letters in _PARTS.items() if _calls(call, *names))
    return next(parts, None)


def _calls(call: str, form: str, function: str) -> bool:
    return form in call or call.startswith(f"{function}(")


def _nearest_name(name: str, known: Collection[str]) -> str | None:
    """Return the shortest name that has all words of another, else the one that looks like it."""
    words = name.split("_")
    having = [one for one in known if all(_begins(word, one) for word in words)]
    if having:
        return min(having, key=lambda one: (len(one), one))
    near = difflib.get_close_matches(name, sorted(known), 1, MIN_NAME_LIKENESS)
    return near[0] if near else None


def _begins(word: str, name: str) -> bool:
    """Tell whether a word of a name is another's beginning, or has it for one."""
    return any(
        min(len(word), len(own)) >= MIN_BEGINNING and (own.startswith(word) or word.startswith(own))
        for own in name.split("_")
    )


def _literals(node: exp.Expr) -> list[exp.Expr]:
    parts = [node.expression, *node.expressions, node.args.get("low"), node.args.get("high")]
    return [part for part in parts if isinstance(part, exp.Literal)]


def _is_text(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _is_numeric(literal: exp.Expr) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:\.\d+)?", literal.name))


def _literal(number: float) -> exp.Expr:
    return exp.Literal.number(f"{number:.10g}")


def _iso(text: str) -> str:
    """Return the beginning of an ISO date that a text says; "" where it says none."""
    bare = text.strip("%- ")
    if re.fullmatch(r"\d{4}(?:-\d\d){0,2}|\d\d-\d\d", bare):
        return bare
    number = date_of(bare)
    if number is None:
        return ""
    has_day = bool(re.search(r"(?<!\d)\d{1,2}(?!\d)", bare))
    has_month = bool(re.search(r"[A-Za-z]", bare))
    return iso_day(number, months=has_month, days=has_day and has_month)
