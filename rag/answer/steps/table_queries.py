"""A question that a model puts to the tables of what is found: planned, run, told with its rows.

It only reads: a plan picks, counts and sums cells of tables that were read, and nothing else.
Knows hits and the planner; knows no model that writes and no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.context import Fetch
from rag.answer.computed.plan_told import PlannedAnswer, in_words, rows_of, written
from rag.answer.computed.planned import queried
from rag.answer.computed.table_rows import with_whole_tables
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import Question
from rag.datamodel import Context, Hit

MOST_TOLD: Final = 200
"""Letters of a result: cells are a document's words, and may be long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult:
    """What a plan gave and what it did, on one line; the passages that hold its rows."""

    told: str
    hits: tuple[Hit, ...]


class TableQueries:
    """Asks the tables of hits, each whole; `fetch` returns chunks by their ids."""

    def __init__(self, ranker: AnswerRanker, fetch: Fetch) -> None:
        self._ranker = ranker
        self._fetch = fetch

    def __call__(self, asked: Question, hits: Sequence[Hit]) -> TableResult | None:
        """Return the result of the likeliest plan over one of the tables; None without one."""
        whole = with_whole_tables(hits, self._fetch, wants=lambda _: True)
        found = queried(asked, Context(hits=tuple(whole)), self._ranker)
        return _result(found, asked) if found is not None else None


def _result(found: PlannedAnswer, asked: Question) -> TableResult:
    best = found.plans[0]
    held = {row.hit.chunk.id: row.hit for row in rows_of(found, best)}
    told = f"“{written(found, best, asked)}”, {in_words(found, best)}"
    return TableResult(told=" ".join(told.split())[:MOST_TOLD], hits=tuple(held.values()))
