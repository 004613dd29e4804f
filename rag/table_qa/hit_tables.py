"""The tables of hits, asked: which one, what it gives, as a sentence, and the cells that show it.

A table is asked whole where it is kept, however few of its rows were found. Knows hits, kept
tables, plans and the seam of the language model; knows no store and no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import Hit
from rag.models.llm.protocol import LanguageModel
from rag.storage.tables.long_rows import MAX_ROWS, LongTable, OpensTable, no_table, sketch
from rag.storage.tables.totals import RowsApart
from rag.table_qa.planner import plan_text, planner
from rag.table_qa.planner.engine import Place
from rag.table_qa.planner.long_engine import LongEngine
from rag.table_qa.planner.plan import TablePlan
from rag.table_qa.planner.planner import Embed, Planned, plans
from rag.table_qa.planner.table import Table, TypedColumn
from rag.table_qa.query_table import kept_query_table, query_table
from rag.table_qa.result_cells import ResultCell, TableOfHits, cells_shown, header_of, result_text
from rag.table_qa.table_answer import TableAnswer, answer_table


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTools:
    """What tables are asked with; without a `model` by plans alone.

    `embed` makes vectors of texts, `open_table` lends kept tables.
    """

    embed: Embed
    model: LanguageModel | None = None
    open_table: OpensTable = no_table


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult:
    """What a table gives: `text` on one line, to be shown or given on as a source.

    `columns` and `rows` are the result as cells say it, `sql` or `plan` (in words) what made it;
    the other is "". `cells` are what it was read off, of the hits and of `brought`: a source of the
    rows that the hits lack. `sureness` is how likely it is right, 0 to 1.
    """

    text: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sql: str
    plan: str
    cells: tuple[ResultCell, ...]
    brought: Hit | None
    sureness: float


def ask_table(question: str, found: TableOfHits, tools: TableTools) -> TableResult | None:
    """Return what a table gives; None where nothing says anything. Raises ModelError."""
    with _kept(found, tools.open_table) as kept:
        return _answered(question, found, kept, tools)


@contextmanager
def _kept(found: TableOfHits, open_table: OpensTable) -> Iterator[LongTable | None]:
    """Lend the kept table that has more rows than were found; None where there is none."""
    chunk = found.rows[0].hit.chunk
    with open_table(chunk.doc_id, header_of(chunk)) as kept:
        has_more = kept is not None and kept.rows.height > len(found.rows)
        is_same = kept is not None and kept.rows.find(found.rows[-1].cells) is not None
        yield kept if has_more and is_same else None


def _answered(
    question: str, found: TableOfHits, kept: LongTable | None, tools: TableTools
) -> TableResult | None:
    small = found.typed()
    planned = (
        plans(question, small, tools.embed)
        if kept is None
        else kept_plans(question, found.names, kept, tools.embed)
    )
    table = query_table(small) if kept is None else kept_query_table(kept)
    model = tools.model if table else None  # what is kept may be too long for queries
    answer = answer_table(model, question, table or query_table(small), planned)
    if answer is None:
        return None
    rows = _rows(found, kept, places := _places(answer))
    cells, brought = cells_shown(places, rows, found.rows)
    words = _in_words(answer.plan.plan, found, kept) if answer.plan is not None else ""
    return TableResult(
        text=result_text(answer, found.names, places, rows, words),
        title=found.title,
        columns=answer.columns,
        rows=answer.rows,
        sql=answer.sql,
        plan=words,
        cells=cells,
        brought=brought,
        sureness=answer.sureness,
    )


def _in_words(plan: TablePlan, found: TableOfHits, kept: LongTable | None) -> str:
    table = found.typed()
    if kept is not None:
        height, parts = kept.rows.height, kept.rows.parts
        table = replace(table, whole_height=height, whole_apart=height - parts)
    return plan_text.in_words(plan, table)


def _places(answer: TableAnswer) -> tuple[Place, ...]:
    """Return the cells of rows that a result rests on; of a plan also what it picks by."""
    read = sorted(answer.plan.plan.read) if answer.plan is not None else []
    rows = dict.fromkeys(row for row, _ in answer.cells)
    places = (*answer.cells, *((row, column) for row in rows for column in read))
    return tuple(dict.fromkeys(place for place in places if place[0] >= 0))


def _rows(
    found: TableOfHits, kept: LongTable | None, places: Sequence[Place]
) -> Mapping[int, tuple[str, ...]]:
    """Return the cells of the rows of some places, by their numbers."""
    numbers = sorted({row for row, _ in places})
    if kept is not None:
        return kept.rows.texts(numbers)
    return {number: found.rows[number].cells for number in numbers}


MAX_RUN: Final = 12
"""Of the plans over a sketch so many are run over all rows: some give the same, some nothing."""

MAX_TEXTS: Final = 12
"""A plan that gives more over all rows says nothing."""


def kept_plans(
    question: str, names: Sequence[str], table: LongTable, embed: Embed
) -> list[Planned]:
    """Return plans, the likeliest first; their cells count the rows of the whole table."""
    rows = table.rows
    if rows.height <= MAX_ROWS:
        return planner.plans(question, _small(names, table, range(rows.height)), embed)
    small = _small(names, table, sketch(question, table))
    likely = planner.plans(question, small, embed, merge=list)[:MAX_RUN]
    engine = LongEngine(rows)
    run = (replace(one, outcome=engine.run(one.plan)) for one in likely)
    return planner.merged(one for one in run if 0 < len(one.outcome.texts) <= MAX_TEXTS)


def _small(names: Sequence[str], table: LongTable, numbers: Sequence[int]) -> Table:
    rows = table.rows
    found = rows.texts(numbers)
    texts = [found[number] for number in numbers]
    columns = tuple(
        TypedColumn(name=name, texts=tuple(row[n] for row in texts), mark=rows.mark)
        for n, name in enumerate(names)
    )
    return Table(columns=columns, title=table.title, apart=RowsApart(rows.apart_among(numbers)))
