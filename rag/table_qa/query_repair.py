"""Mends a query that a small model wrote: names, values as cells spell them, numbers of texts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from typing import Final

from sqlglot import exp

from rag.storage.tables.values import date_of, read
from rag.table_qa.queries import DIALECT, TABLE
from rag.table_qa.query_table import QueryColumn, QueryTable, iso_day
from rag.text import STOP_WORDS, stem, words_of_cells

MIN_LIKENESS: Final = 0.72
MIN_SHARED: Final = 0.6
_LIST: Final = re.compile(r"[,;/]|\band\b|&")
MAX_DIFFERENT: Final = 5_000
"""Of a column with more different values none is sought by likeness."""


ValueFound = tuple[QueryColumn, str, bool]
"""A column, a text of its cells, and whether this stands in longer ones."""


class ValueMatch:
    """Finds values among the text columns of one table."""

    def __init__(self, table: QueryTable) -> None:
        self._texts = [column for column in table.columns if column.type == "TEXT"]
        self._kept: dict[str, dict[str, str]] = {}

    def exact(self, column: QueryColumn, value: str) -> str | None:
        """Return the cell with the same words, as it stands."""
        return self._keys(column).get(_key(value))

    def holds(self, column: QueryColumn, pattern: str) -> bool:
        """Tell whether a cell has a pattern of LIKE, by its letters between the signs."""
        parts = [part.lower() for part in pattern.split("%") if part]
        return any(all(part in cell.lower() for part in parts) for cell in self._cells(column))

    def nearest(self, column: QueryColumn, value: str) -> ValueFound | None:
        """Return what a value means: in its column, then in any other, then by likeness."""
        for one in (column, *(other for other in self._texts if other is not column)):
            exact = self.exact(one, value)
            if exact is not None:
                return one, exact, self._is_listed(one, exact)
            if one is column and (part := self._part(one, value)) is not None:
                return one, part, True
        like = self._like(column, value)
        if like is not None:
            return column, like, False
        others = ((one, self._part(one, value)) for one in self._texts if one is not column)
        return next(((one, part, True) for one, part in others if part), None)

    def _is_listed(self, column: QueryColumn, text: str) -> bool:
        """Tell whether a cell's text is also one of several things that another cell lists."""
        wanted = text.lower()
        others = (cell.lower() for cell in self._cells(column) if len(cell) > len(text))
        return any(wanted in map(str.strip, _LIST.split(cell)) for cell in others if wanted in cell)

    def _part(self, column: QueryColumn, value: str) -> str | None:
        """Return the letters of a cell among which a value stands word for word."""
        wanted = _key(value)
        if not wanted:
            return None
        for key, cell in self._keys(column).items():
            if f" {wanted} " in f" {key} ":
                at = cell.lower().find(value.lower())
                return cell[at : at + len(value)] if at >= 0 else None
        return None

    def _like(self, column: QueryColumn, value: str) -> str | None:
        keys = self._keys(column)
        if len(keys) > MAX_DIFFERENT:
            return None
        wanted = _key(value)
        near = difflib.get_close_matches(wanted, keys, 1, MIN_LIKENESS)
        if near:
            return keys[near[0]]
        own = _stems(wanted)
        shared = {
            key: len(own & stems) / max(1, len(own | stems))
            for key in keys
            if (stems := _stems(key))
        }
        best = max(shared, key=lambda key: shared[key], default=None)
        return keys[best] if best is not None and shared[best] >= MIN_SHARED else None

    def _keys(self, column: QueryColumn) -> dict[str, str]:
        if column.name not in self._kept:
            self._kept[column.name] = {_key(cell): cell for cell in reversed(self._cells(column))}
        return self._kept[column.name]

    def _cells(self, column: QueryColumn) -> list[str]:
        return [cell for cell in column.cells if isinstance(cell, str)]


def _key(text: str) -> str:
    return " ".join(words_of_cells(text))


def _stems(key: str) -> frozenset[str]:
    return frozenset(stem(word) for word in key.split() if word not in STOP_WORDS)


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
_PARTS: Final = (("%Y", "YEAR(", 1, 4), ("%m", "MONTH(", 6, 2), ("%d", "DAY(", 9, 2))
"""How a part of a day is asked for, its first letter (from 1) of an ISO day, and how many."""


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
        for node in list(query.find_all(exp.TimeToStr, exp.Year, exp.Month, exp.Day)):
            self._part_of_day(node)
        for ordered in query.find_all(exp.Ordered):  # what says nothing comes last
            if isinstance(ordered.this, exp.Column):
                self._as_number(ordered.this)
            ordered.args["nulls_first"] = False
        for one_of in list(query.find_all(exp.In)):
            self._one_of(one_of)
        for test in list(query.find_all(*_COMPARED, exp.Like, exp.Between)):
            self._compared(test)
        for made in list(query.find_all(*_ARITHMETIC)):
            for part in (made.this, made.expression):
                if isinstance(part, exp.Column):
                    self._as_number(part)
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
        call, column = node.sql(dialect=DIALECT), node.find(exp.Column)
        parts = (part for part in _PARTS if part[0] in call or call.startswith(part[1]))
        own, (*_, first, count) = self._own(column), next(parts, (0, 0))
        if column is None or own is None or own.type != "DATE" or not count:
            return
        days = (cell for cell in own.cells if isinstance(cell, str))
        if all(len(day) == len("03-14") for day in days):
            first -= len("2001-")
        letters = exp.func(
            "SUBSTR", column.copy(), exp.Literal.number(first), exp.Literal.number(count)
        )
        node.replace(exp.cast(letters, "INTEGER"))

    def _compared(self, node: exp.Expr) -> None:
        column = self._own(node.this)
        if column is None and isinstance(node.this, exp.Cast | exp.Lower | exp.Upper):
            column = self._own(node.this.this)
            if column is not None and not isinstance(node.this, exp.Cast):
                node.this.replace(node.this.this)  # texts compare without case
        if column is None:
            self._plain_number(node)
            return
        literals = _literals(node)
        if column.type == "DATE":
            self._day(node)
        elif column.type != "TEXT":
            for literal in filter(_is_text, literals if not isinstance(node, exp.Like) else ()):
                literal.replace(_as_literal(literal))
        elif not isinstance(node, (*_ORDERED, exp.Between)):
            if len(literals) == 1:
                self._matched(node, column, literals[0])
        elif all(map(_is_numeric, literals)):
            self._as_number(node.this)

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
            node.set("expression", _as_literal(node.expression))

    def _day(self, node: exp.Expr) -> None:
        """Compare a day with as many letters of the column as the literal has."""
        found = [(literal, _iso(literal.name)) for literal in _literals(node)]
        if not found or any(not iso for _, iso in found):
            return
        if isinstance(node, exp.Like) or len({len(iso) for _, iso in found}) > 1:
            literal, iso = found[0]
            if isinstance(node, exp.Like) and not literal.name.strip("%").isdigit():
                literal.replace(exp.Literal.string(f"{iso}%"))
            return
        for literal, iso in found:
            literal.replace(exp.Literal.string(iso))
        count = exp.Literal.number(len(found[0][1]))
        node.set("this", exp.func("SUBSTR", node.this.copy(), exp.Literal.number(1), count))

    def _matched(self, node: exp.Expr, column: QueryColumn, literal: exp.Expr) -> None:
        """Put the nearest value of the column, or the column that has the value, into a test."""
        if isinstance(node, exp.Like):
            if self._match.holds(column, literal.name):
                return
        elif _is_numeric(literal) and self._match.exact(column, literal.name) is None:
            self._as_number(node.this)
            if node.this.name != column.name:
                literal.replace(exp.Literal.number(f"{float(literal.name):.10g}"))
                return
        found = self._match.nearest(column, literal.name.strip("%"))
        if found is None:
            return
        own, text, is_part = found
        node.this.set("this", exp.to_identifier(own.name))
        value = exp.Literal.string(f"%{text}%" if is_part else text)
        if not is_part and not isinstance(node, exp.Like):
            literal.replace(value)
        elif isinstance(node, exp.NEQ):
            node.replace(exp.not_(exp.Like(this=node.this.copy(), expression=value)))
        else:
            node.replace(exp.Like(this=node.this.copy(), expression=value))

    def _as_number(self, node: exp.Expr) -> None:
        column = self._own(node)
        name = f"{node.name}_number"
        if column is not None and column.type == "TEXT" and name in self._columns:
            node.set("this", exp.to_identifier(name))

    def _own(self, node: exp.Expr | None) -> QueryColumn | None:
        return self._columns.get(node.name) if isinstance(node, exp.Column) else None


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


def _as_literal(text: exp.Expr) -> exp.Expr:
    number = read(text.name).number
    return text if number is None else exp.Literal.number(f"{number:.10g}")


def _iso(text: str) -> str:
    bare = text.strip("%- ")
    if re.fullmatch(r"\d{4}(?:-\d\d){0,2}|\d\d-\d\d", bare):
        return bare
    number = date_of(bare)
    if number is None:
        return ""
    has_day = bool(re.search(r"(?<!\d)\d{1,2}(?!\d)", bare))
    has_month = bool(re.search(r"[A-Za-z]", bare))
    return iso_day(number, months=has_month, days=has_day and has_month)
