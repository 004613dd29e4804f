"""Tables of the hits that are longer than what is read for a question: asked where they are kept.

A plan is sought over the rows that the question may mean and run over all of them; the rows that
it rests on, and those that the question names, come as a source of their own. Knows kept tables,
plans and hits; knows no store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.tables import table_header
from rag.answer.computed.table_rows import MOST_CHUNKS, ROWS_ID, JoinedTable, is_made, tables_of
from rag.answer.evidence.other_plans import as_asked, is_mistaken
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.qualities import told_column
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Chunk, Hit, Provenance
from rag.tables import planner
from rag.tables.long.long_engine import LongEngine
from rag.tables.long.long_rows import LongRows
from rag.tables.long.long_table import LongTable, named_rows, sketch
from rag.tables.planner import Planned
from rag.tables.table import Table, TypedColumn
from rag.tables.totals import RowsApart

MARGIN: Final = 2
"""By so many chunks the number may be told too low that all rows of a table would make."""

MOST_RUN: Final = 12
"""Of the plans over a sketch so many are run over all rows: some give the same, some nothing."""

MOST_TOLD: Final = 12
"""A plan that gives more says nothing: so many are the most common."""

MOST_PLANS: Final = 4
ROWS_OF_PLAN: Final = 6
MOST_NAMED: Final = 4

Wants = Callable[[Question, JoinedTable], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongAnswer:
    """Rows of a long table as a chunk, header first, and plans over the table.

    The cells of the plans' outcomes count the rows of `table`, which are those of the chunk.
    """

    chunk: Chunk
    table: Table
    plans: tuple[Planned, ...] = ()


def with_long_tables(
    asked: Question, hits: Sequence[Hit], wants: Wants, *, ranker: AnswerRanker
) -> list[Hit]:
    """Return the hits with the rows of their long tables that are asked for.

    They come right behind the first hit of their table: a context has room for few passages.
    """
    brought: dict[int, Hit] = {}
    for table in tables_of(hits):
        found = long_answer(asked, table, ranker, wants=wants)
        if found is not None:
            owner = min((row.hit for row in table.rows), key=lambda hit: hit.rank)
            brought[owner.rank] = replace(owner, chunk=found.chunk, found_by=(), relevance=None)
    pairs = ((hit, brought.get(hit.rank)) for hit in hits)
    ordered = [one for pair in pairs for one in pair if one is not None]
    return [replace(hit, rank=n) for n, hit in enumerate(ordered, start=1)]


def long_answer(
    asked: Question, table: JoinedTable, ranker: AnswerRanker, *, wants: Wants
) -> LongAnswer | None:
    """Return what a long table gives, worked out once a question; None for any other table."""
    first = table.rows[0].hit.chunk
    header = table_header(first)
    key = (ranker, "long table", first.doc_id, header)

    def made() -> LongAnswer | None:
        with ranker.open_table(first.doc_id, header) as kept:
            if kept is None or not _is_long(table, kept):
                return None
            is_worked = bool(asked.picks or asked.extreme or asked.counts or asked.operation)
            is_wanted = is_worked or wants(asked, table)
            return _made(asked, table, kept, ranker, is_wanted=is_wanted)

    return asked.once(key, made)


def known_answer(asked: Question, table: JoinedTable, ranker: AnswerRanker) -> LongAnswer | None:
    """Return what was worked out before for a long table of the hits."""
    return long_answer(asked, table, ranker, wants=lambda _asked, _table: True)


def _is_long(table: JoinedTable, kept: LongTable) -> bool:
    """Tell whether a kept table would be more chunks than are read of one."""
    chunks = {row.hit.chunk.id for row in table.rows if not is_made(row.hit.chunk)}
    rows = sum(not is_made(row.hit.chunk) for row in table.rows)
    is_this = kept.rows.width == len(table.names)
    return is_this and kept.rows.height * len(chunks) > (MOST_CHUNKS - MARGIN) * rows


def _made(
    asked: Question, table: JoinedTable, kept: LongTable, ranker: AnswerRanker, *, is_wanted: bool
) -> LongAnswer | None:
    names = [told_column(name) for name in table.names]
    plans = _plans(asked, names, kept, ranker) if is_wanted and ranker.embeds else []
    numbers = [n for one in plans for n in _rows_of(one)]
    question = asked.measured(names)
    numbers += named_rows(question, kept)[:MOST_NAMED]
    if not numbers and not is_wanted:
        return None
    rows = sorted(dict.fromkeys(numbers)) or [0]
    texts = kept.rows.texts(rows)
    places = {number: place for place, number in enumerate(rows)}
    return LongAnswer(
        chunk=_chunk(table, [texts[n] for n in rows], rows),
        table=_typed(table, kept.rows, [texts[n] for n in rows]),
        plans=tuple(_placed(one, places) for one in plans),
    )


def _plans(
    asked: Question, names: Sequence[str], kept: LongTable, ranker: AnswerRanker
) -> list[Planned]:
    """Return the likeliest plans by a sketch of the table, with what all of its rows give.

    Those that do what the words ask for come first.
    """
    question = asked.measured(names)
    numbers = sketch(question, kept)
    texts = kept.rows.texts(numbers)
    small = _small(names, kept.rows, [texts[n] for n in numbers], kept.rows.apart_among(numbers))
    likely = planner.plans(
        question,
        small,
        ranker.vectors,
        unless=lambda rows: is_mistaken(rows, asked, small),
        merge=list,
    )
    is_asked = as_asked(asked, small)
    fitting = [one for one in likely if is_asked(one.plan)]
    others = [one for one in likely[:MOST_RUN] if one not in fitting]
    engine = LongEngine(kept.rows)
    return [*_run(fitting[:MOST_RUN], engine), *_run(others, engine)][:MOST_PLANS]


def _run(plans: Sequence[Planned], engine: LongEngine) -> list[Planned]:
    """Return plans with what they give over all rows, each outcome once."""
    run = [replace(one, outcome=engine.run(one.plan)) for one in plans]
    return planner.merged(one for one in run if 0 < len(one.outcome.texts) <= MOST_TOLD)


def _rows_of(one: Planned) -> Iterator[int]:
    numbers = dict.fromkeys(row for row, _ in one.outcome.cells if row >= 0)
    yield from list(numbers)[:ROWS_OF_PLAN]


def _placed(one: Planned, places: dict[int, int]) -> Planned:
    """Return a plan whose cells count the rows that were read, without those that were not."""
    cells = tuple(
        (places.get(row, row), column)
        for row, column in one.outcome.cells
        if row < 0 or row in places
    )
    return replace(one, outcome=replace(one.outcome, cells=cells))


def _small(
    names: Sequence[str], rows: LongRows, texts: Sequence[Sequence[str]], apart: frozenset[int]
) -> Table:
    columns = tuple(
        TypedColumn(name=name, texts=tuple(row[n] for row in texts), mark=rows.mark)
        for n, name in enumerate(names)
    )
    return Table(columns=columns, apart=RowsApart(apart))


def _typed(table: JoinedTable, rows: LongRows, texts: Sequence[Sequence[str]]) -> Table:
    return replace(
        _small(table.names, rows, texts, frozenset()),
        title=table.title,
        whole_height=rows.height,
        whole_apart=rows.height - rows.parts,
    )


def _chunk(table: JoinedTable, texts: Sequence[Sequence[str]], numbers: Sequence[int]) -> Chunk:
    """Return a chunk of rows like those that the table was found by."""
    like = table.rows[0].hit.chunk
    lines = [table_header(like), *(CELL_SEPARATOR.join(row) for row in texts)]
    text = "\n".join(lines)
    digest = hashlib.sha256(f"{like.doc_id}\0{lines[0]}\0{numbers}".encode()).hexdigest()
    return replace(
        like,
        id=f"{ROWS_ID}{digest[:27]}",
        ordinal=1 + max(row.hit.chunk.ordinal for row in table.rows),
        text=text,
        provenances=tuple(_spans(lines)),
        neighbours=(),
        image=None,
        confidence=None,
    )


def _spans(lines: Sequence[str]) -> Iterator[Provenance]:
    start = 0
    for line in lines:
        if line:
            yield Provenance(span=(start, start + len(line)))
        start += len(line) + 1
