"""What a table answers: a trained plan where it is sure, else a likely query of a model, or a plan.

Knows plans, queries and the seam of the model; knows no chunk and no store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.models.llm.protocol import LanguageModel
from rag.table_qa.planner.engine import Place
from rag.table_qa.planner.planner import Planned
from rag.table_qa.query_answer import QueryAnswer, query_answer
from rag.table_qa.query_table import QueryTable
from rag.text import STOP_WORDS, stem, words_of_cells

MIN_SHARED: Final = 0.34
"""A table is asked if it has such a share of the words of a question that say something."""

AGREED: Final = 0.82
"""How likely a query is right that gives what the likeliest plan gives; see training/LOG.md."""

ALONE: Final = 0.5
PER_LOGPROB: Final = 7.0
"""Of a query that gives something else: the logit, and what the mean log-probability adds to it."""

MIN_LOGPROB: Final = -0.1
"""A query of less likely words gives way to a plan, which is right nearly twice as often there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer:
    """What a table gives.

    `columns` and `rows` are the result as the table's own cells say it. `cells` are those that it
    was read off, by row and column from 0, row -1 the heading. `sql` is the query, "" where `plan`
    gave it. `sureness` is how likely it is right, 0 to 1.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[Place, ...]
    sureness: float
    sql: str = ""
    plan: Planned | None = None


def answer_table(
    model: LanguageModel | None, question: str, table: QueryTable, plans: Sequence[Planned] = ()
) -> TableAnswer | None:
    """Return what a table gives; None where no plan and no query says anything.

    `plans` were made over the table for the question, the likeliest first: that tells without a
    model. At most two queries are written. Raises ModelError.
    """
    likeliest = plans[0] if plans else None
    if likeliest is None or not likeliest.is_sure:
        query = query_answer(model, question, table) if model else None
        if query is not None and (likeliest is None or _is_likelier(query, likeliest)):
            return _by_query(query, likeliest)
    return None if likeliest is None else _by_plan(table, likeliest)


def fits(question: str, table: QueryTable) -> bool:
    """Tell whether a table speaks of what is asked: by the words of its title, names and cells."""
    asked = _stems(question)
    said = _stems(" ".join((table.title, *(column.heading for column in table.columns))))
    for column in table.texts:
        if len(asked & said) >= MIN_SHARED * len(asked):
            return True
        said |= _stems(" ".join(column))
    return len(asked & said) >= MIN_SHARED * len(asked)


def _stems(text: str) -> frozenset[str]:
    said = (word for word in words_of_cells(text) if word not in STOP_WORDS)
    return frozenset(stem(word) for word in said if word not in {"one", "ones"})


def _is_likelier(query: QueryAnswer, plan: Planned) -> bool:
    """Tell whether a query is told and not a plan that is not sure."""
    return query.mean_logprob >= MIN_LOGPROB or _is_same(plan.outcome.texts, query.answers)


def _by_query(query: QueryAnswer, likeliest: Planned | None) -> TableAnswer:
    is_agreed = likeliest is not None and _is_same(likeliest.outcome.texts, query.answers)
    logit = ALONE + PER_LOGPROB * query.mean_logprob
    return TableAnswer(
        columns=query.columns,
        rows=query.rows,
        cells=query.cells,
        sureness=AGREED if is_agreed else 1 / (1 + math.exp(-logit)),
        sql=query.sql,
    )


def _by_plan(table: QueryTable, plan: Planned) -> TableAnswer:
    return TableAnswer(
        columns=_names(plan, table),
        rows=tuple((text,) for text in plan.outcome.texts),
        cells=plan.outcome.cells,
        sureness=plan.chance,
        plan=plan,
    )


def _names(plan: Planned, table: QueryTable) -> tuple[str, ...]:
    headings = {column.source: column.heading for column in table.columns}
    return (" ".join(headings.get(column, "") for column in plan.plan.columns).strip(),)


def _is_same(texts: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether two outcomes have the same words, whatever the order."""
    one, other = (frozenset(" ".join(words_of_cells(text)) for text in o) for o in (texts, others))
    return one == other
