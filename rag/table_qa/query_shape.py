"""The shape of a query that a model wrote: read, written, and without what nobody asked for.

Knows SQL's syntax tree; knows no table, and runs nothing.
"""

from __future__ import annotations

import re
from typing import Final

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from rag.table_qa.execution import QueryError
from rag.text import stem, words_of_cells

DIALECT: Final = "sqlite"
_FENCE: Final = re.compile(r"```(?:sql)?|;\s*$")


def parsed(text: str) -> exp.Query:
    """Return the one SELECT of a text. Raises QueryError."""
    try:
        plain = _FENCE.sub("", text).replace("\\'", "''").strip()
        statements = parse(plain, read=DIALECT)
    except (SqlglotError, RecursionError) as error:
        raise QueryError("the query can't be parsed") from error
    if not statements or not isinstance(statements[0], exp.Query):
        raise QueryError("this is no SELECT")
    return statements[0]


def narrowed(query: exp.Query) -> exp.Query:
    """Return a query without columns that a question did not ask for, of several.

    Those are what a condition names anyway, and what is only ordered or counted by.
    """
    if not isinstance(query, exp.Select) or len(query.selects) == 1:
        return query
    where = query.args.get("where")
    tests = where.find_all(exp.EQ) if where is not None else ()
    fixed = {one.this.name for one in tests if isinstance(one.this, exp.Column)}
    asked = [one for one in query.selects if one.alias_or_name not in fixed]
    plain = [one for one in asked if not one.find(exp.AggFunc)]
    kept = plain if query.args.get("order") and plain else asked
    return query.copy().select(*kept, append=False) if kept else query


def groups_counted(query: exp.Query) -> exp.Query:
    """Return a query that counts the groups where one was written that counts within each.

    "In how many years ..." is mostly written as COUNT(DISTINCT year) ... GROUP BY year HAVING ...
    """
    if not isinstance(query, exp.Select) or not query.args.get("group") or len(query.selects) > 1:
        return query
    counted = query.selects[0].unalias()
    keys = query.args["group"].expressions
    is_of_groups = query.args.get("having") or isinstance(counted.this, exp.Distinct)
    if not isinstance(counted, exp.Count) or not is_of_groups or query.args.get("order"):
        return query
    groups = query.copy().select(*(key.copy() for key in keys), append=False)
    return exp.select(exp.Count(this=exp.Star())).from_(groups.subquery("groups"))


def others_alone(query: exp.Query) -> exp.Query:
    """Return a query of the same as a row has that leaves this row out.

    "The same total as Oslo" is written as total = (SELECT total ... WHERE city = 'Oslo'),
    which finds Oslo, too.
    """
    kept = query.copy()
    for test in list(kept.find_all(exp.EQ)):
        named = _row_named(test)
        if named is not None:
            test.replace(exp.and_(test.copy(), exp.not_(exp.paren(named.copy()))))
    return kept


def _row_named(test: exp.EQ) -> exp.Expr | None:
    """Return the condition of the row whose cell a column is compared with; None of other tests."""
    inner = test.expression.this if isinstance(test.expression, exp.Subquery) else None
    if not isinstance(inner, exp.Select) or len(inner.selects) != 1 or inner.args.get("order"):
        return None
    compared, where = inner.selects[0], inner.args.get("where")
    is_same = isinstance(test.this, exp.Column) and compared == test.this
    if not is_same or where is None or where.find(exp.Subquery):
        return None
    return where.this if any(_is_name(one) for one in where.find_all(exp.EQ, exp.Like)) else None


def _is_name(test: exp.Expr) -> bool:
    return isinstance(test.expression, exp.Literal) and test.expression.is_string


def relaxed(query: exp.Query, question: str) -> exp.Query | None:
    """Return a query without conditions of values that no word of the question names.

    None where each condition is named, or none would be left.
    """
    asked = {stem(word) for word in words_of_cells(question)}
    kept = query.copy()
    named = False
    dropped: list[exp.Expr] = []
    for test in kept.find_all(exp.EQ, exp.Like):
        literal = test.expression
        if not isinstance(literal, exp.Literal) or not literal.is_string:
            continue
        is_named = bool(asked & {stem(word) for word in words_of_cells(literal.name)})
        named |= is_named
        if not is_named and isinstance(test.parent, exp.And):
            dropped.append(test)
    for unnamed in dropped:
        unnamed.replace(exp.true())
    return kept if dropped and named else None


def written(query: exp.Expr) -> str:
    return query.sql(dialect=DIALECT)
