"""What may answer a question, of the hits: numbered, with what belongs to them, within a budget.

Knows the seams of search; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from rag.answer.base.context import build_context, with_neighbours
from rag.answer.computed.arithmetic import calculates
from rag.answer.computed.drawn import draws
from rag.answer.computed.listed_column import lists_column
from rag.answer.computed.people import people_searches
from rag.answer.computed.planned import wants_whole
from rag.answer.computed.rows_asked import named_rows
from rag.answer.computed.table_rows import JoinedTable, tables_of, with_whole_tables
from rag.answer.evidence.reading import READ_HITS
from rag.answer.question.question import Question
from rag.datamodel import Chunk, Context, Hit, Query
from rag.retrieve.fusion import renumber

PART_HITS: Final = 3
"""How many places are searched for each part of a calculation."""

SEEN_HITS: Final = 24
"""So many hits are looked through for a table of both sides of a comparison."""

BringsRows = Callable[
    [Question, Sequence[Hit], Callable[[Question, JoinedTable], bool]], Sequence[Hit]
]
"""Returns the hits, and after them rows of their tables that are wanted and longer than is read."""


class Searches(Protocol):
    """Returns the k best hits of a query, the best first."""

    def __call__(self, query: Query, *, k: int) -> Sequence[Hit]: ...


class Gathering:
    """Chooses the sources; `rank` finds hits and orders them, `fetch` returns chunks by their ids.

    At most `most_hits` hits are taken as they are, and `budget_tokens` tokens in all.
    """

    def __init__(
        self,
        rank: Searches,
        fetch: Callable[[Sequence[str]], Sequence[Chunk]],
        *,
        most_hits: int,
        budget_tokens: int,
        count_tokens: Callable[[str], int],
        bring: BringsRows = lambda _asked, hits, _wants: hits,
    ) -> None:
        """`bring` adds the rows of tables that are longer than what is read."""
        self._bring = bring
        self._rank = rank
        self._fetch = fetch
        self._hits = most_hits
        self._budget_tokens = budget_tokens
        self._count_tokens = count_tokens

    def numbered(self, hits: Sequence[Hit]) -> Context:
        return build_context(
            hits, budget_tokens=self._budget_tokens, count_tokens=self._count_tokens
        )

    def context(self, asked: Question, hits: Sequence[Hit]) -> Context:
        found = with_neighbours(
            self._with_parts(asked, hits),
            self._fetch,
            asked=asked.content,
            stems=asked.content_in,
        )
        known = self._bring(asked, found, _wants)
        long = {table.names for table in tables_of(known) if table.is_long}
        return build_context(
            with_whole_tables(
                known,
                self._fetch,
                wants=lambda table: table.names not in long and _wants(asked, table),
            ),
            budget_tokens=self._budget_tokens,
            count_tokens=self._count_tokens,
        )

    def _with_parts(self, asked: Question, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits that are read and, of a question in parts, the best of each part."""
        kept = list(hits[: self._hits])
        for part in asked.parts or people_searches(asked):
            known = {hit.chunk.id for hit in kept}
            found = self._rank(asked.part(part), k=READ_HITS)[:PART_HITS]
            kept.extend(hit for hit in found if hit.chunk.id not in known)
        return renumber([*kept, *_compared(asked, kept, hits[:SEEN_HITS])])


def _compared(asked: Question, kept: Sequence[Hit], hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits of the first table behind those kept that has rows of what is compared."""
    if not asked.sides:
        return []
    known = {hit.chunk.id for hit in kept}
    tables = tables_of([hit for hit in hits if hit.chunk.id not in known])
    rows = next((table.rows for table in tables if named_rows(asked, table)), ())
    return list({row.hit.chunk.id: row.hit for row in rows}.values())


def _wants(asked: Question, table: JoinedTable) -> bool:
    """Tell whether all rows of the table are needed to answer."""
    return (
        wants_whole(asked, table)
        or calculates(asked, table)
        or lists_column(asked, table)
        or bool(asked.sides and named_rows(asked, table))
        or draws(asked, table)
    )
