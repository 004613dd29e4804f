"""Answers of several places: calculated, or picked out of a table.

Each shows its working and quotes what it is made of, with marks. Knows ranked evidence and tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.citations import without_marks
from rag.answer.computed.arithmetic import Calculation, calculate
from rag.answer.computed.drawn import drawn, is_told
from rag.answer.computed.listed_column import ListedColumn, listed_column
from rag.answer.computed.looked_up import looks_up_cell, told_cell
from rag.answer.computed.people import NamedPerson, asks_for_head, asks_for_people, people
from rag.answer.computed.plan_told import told_plan
from rag.answer.computed.planned import planned, sources_of
from rag.answer.computed.table_rows import quoted_row
from rag.answer.computed.trends import told_trend
from rag.answer.evidence.quoting import OTHER_QUOTE_WORDS, quotation
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import Question
from rag.datamodel import Context

LEAST_PEOPLE, MOST_PEOPLE = 2, 12
"""Fewer are no staff; more are counted, and not all quoted."""

MOST_LISTED: Final = 12
"""So many rows are quoted one by one; of more only what they are called."""

LISTED_WORDS: Final = 60
"""The rows of a column that is listed have so many words together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """What is told; `is_all` where it shows all that it rests on, and no passage tells more."""

    text: str = ""
    is_all: bool = False


def work_out(asked: Question, context: Context, ranker: AnswerRanker) -> WorkedOut:
    """Return what is calculated or picked; without a text for other questions.

    The same sources are worked on once a question.
    """
    key = (ranker, "worked out", sources_of(context))
    return asked.once(key, lambda: _worked_out(asked, context, ranker))


def _worked_out(asked: Question, context: Context, ranker: AnswerRanker) -> WorkedOut:
    told = _told_before_plans(asked, context, ranker)
    if told is not None:
        return WorkedOut(text=told)
    trend = drawn(asked, context) if is_told(asked) else None
    if trend is not None:
        return WorkedOut(text=told_trend(trend, asked), is_all=True)
    found = planned(asked, context, ranker)
    if found is not None and looks_up_cell(found.plans[0]):
        return WorkedOut(text=told_cell(found, asked))
    if found is not None:
        return WorkedOut(text=told_plan(found, asked), is_all=True)
    column = listed_column(asked, context)
    return WorkedOut(text=enumerated(column, asked) if column is not None else "")


def _told_before_plans(asked: Question, context: Context, ranker: AnswerRanker) -> str | None:
    """Return what a rule tells; None where none is for such a question."""
    calculation = calculate(asked, context.hits, ranker)
    if calculation is not None:
        return calculated(calculation, asked)
    if asks_for_people(asked):
        return introduced(people(asked, context.hits), asked)
    return None


def calculated(calculation: Calculation, asked: Question) -> str:
    """Return a result in bold, its working, and each number quoted with its mark."""
    quotes = [
        f"{quotation(operand.found, asked, most_words=OTHER_QUOTE_WORDS)}"
        f" [{operand.short.evidence.hit.rank}]"
        for operand in calculation.operands
    ]
    listed = "\n".join(f"- {quote}" for quote in quotes)
    return f"**{calculation.result}** — {calculation.working}\n\n{listed}"


def enumerated(found: ListedColumn, asked: Question) -> str:
    """Return how many rows the column has, and each with its mark; more than fit in one line."""
    name, column = found.names[found.column], found.column
    told = without_marks(f"{len(found.rows)} rows of the table, by {name}:")
    if len(found.rows) > MOST_LISTED:
        ranks = dict.fromkeys(row.hit.rank for row in found.rows)
        things = without_marks("; ".join(row.cells[column] for row in found.rows))
        return f"{told} {things} {''.join(f'[{rank}]' for rank in ranks)}"
    most_words = LISTED_WORDS // len(found.rows)
    for row in found.rows:
        answer = row.cells[column] if column else ""  # a row's label leads it already
        line = quoted_row(row, found.names, asked, answer=answer, most_words=most_words)
        told += f"\n- {line}"
    return told


def introduced(found: Sequence[NamedPerson], asked: Question) -> str:
    """Return the clause of each person with its mark, and of several how many they are."""
    lines = [f"“{without_marks(one.clause)}” [{one.hit.rank}]" for one in found[:MOST_PEOPLE]]
    if len(lines) < LEAST_PEOPLE or asks_for_head(asked):
        return "\n".join(lines) if asks_for_head(asked) else ""
    told = f"{len(found)} people are named with what they do:"
    return "\n".join([told, *(f"- {line}" for line in lines)])
