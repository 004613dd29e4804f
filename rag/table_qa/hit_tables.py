"""The tables of hits, asked: which one, what it gives, as a sentence, and the cells that show it.

A table is asked whole where it is kept, however few of its rows were found. Knows hits, kept
tables, plans and the seam of the language model; knows no store and no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rag.datamodel import Hit
from rag.models.llm.protocol import LanguageModel
from rag.table_qa.kept_plans import kept_plans
from rag.table_qa.query_table import query_table
from rag.table_qa.result_cells import ResultCell, TableOfHits, cells_shown, header_of
from rag.table_qa.result_text import result_text
from rag.table_qa.table_answer import (
    AskedTable,
    TableAnswer,
    answer_table,
    asked_kept_table,
    asked_table,
    fits,
)
from rag.tables import told
from rag.tables.engine import Place
from rag.tables.long.long_table import LongTable, OpensTable, no_table
from rag.tables.plan import TablePlan
from rag.tables.planner import Embed, plans


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


def answer_tables(
    question: str, tables: Sequence[TableOfHits], tools: TableTools
) -> TableResult | None:
    """Return what the first table that speaks of the question gives; None where none does.

    `tables` are those of the hits in their order. Raises ModelError.
    """
    for found in tables:
        if fits(question, query_table(found.typed())):
            with _kept(found, tools.open_table) as kept:
                return _answered(question, found, kept, tools)
    return None


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
    asked, model = _asked(question, found, kept, tools)
    answer = answer_table(model, question, asked)
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


def _asked(
    question: str, found: TableOfHits, kept: LongTable | None, tools: TableTools
) -> tuple[AskedTable, LanguageModel | None]:
    """Return the table with its plans; without the model where it is too long for queries."""
    if kept is None:
        table = found.typed()
        return asked_table(table, plans(question, table, tools.embed)), tools.model
    planned = kept_plans(question, found.names, kept, tools.embed)
    asked = asked_kept_table(kept, planned)
    if asked is not None:
        return asked, tools.model
    return AskedTable(table=query_table(found.typed()), plans=tuple(planned)), None


def _in_words(plan: TablePlan, found: TableOfHits, kept: LongTable | None) -> str:
    table = found.typed()
    if kept is not None:
        height, parts = kept.rows.height, kept.rows.parts
        table = replace(table, whole_height=height, whole_apart=height - parts)
    return told.in_words(plan, table)


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
