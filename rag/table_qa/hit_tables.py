"""The tables of hits, asked: what one gives, as a sentence, and the cells that show it.

A table is asked whole where it is kept; rows that no hit holds become a source of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk, Hit, Provenance
from rag.models.llm.language_model import LanguageModel
from rag.storage.tables.long_rows import MAX_ROWS, LongTable, OpensTable, no_table, sketch
from rag.table_qa.planner import planner
from rag.table_qa.planner.engine import Place
from rag.table_qa.planner.long_engine import LongEngine, table_of_rows
from rag.table_qa.planner.planner import Embed, Planned
from rag.table_qa.query_table import kept_query_table, query_table
from rag.table_qa.table_answer import TableAnswer, answer_table
from rag.table_qa.table_rows import ROWS_ID, FoundRow, JoinedTable

MAX_CELLS: Final = 24
"""Of a result that rests on more, the first are shown."""

MAX_RUN: Final = 12
"""Of the plans over a sketch so many are run over all rows: some give the same, some nothing."""

MAX_TEXTS: Final = 12
"""A plan that gives more over all rows says nothing."""

MAX_VALUES: Final = 12
MAX_LABELS: Final = 6
"""Rows that are named of those that a number was worked out of."""

MAX_CELL: Final = 60
"""Letters of a cell that are told."""

Span = tuple[int, int]
Rows = Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCell:
    """A cell of a hit: the half-open ranges of its row and of itself in the chunk's text."""

    hit: Hit
    row: Span
    lit: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult:
    """What a table gives: `text` on one line, to be shown or given on as a source.

    `rows` are the result as cells say it, `sql` or `plan` (in words) what made it; the other is "".
    `cells` are what it was read off, of the hits and of `brought`: a source of the rows that the
    hits lack. `sureness` is how likely it is right, 0 to 1.
    """

    text: str
    rows: tuple[tuple[str, ...], ...]
    sql: str
    plan: str
    cells: tuple[ResultCell, ...]
    brought: Hit | None
    sureness: float


def ask_table(
    question: str,
    found: JoinedTable,
    embed: Embed,
    *,
    model: LanguageModel | None = None,
    open_table: OpensTable = no_table,
) -> TableResult | None:
    """Return what a table gives; None where nothing says anything. Raises ModelError.

    Without a `model` by plans alone. `open_table` lends kept tables.
    """
    with _kept(found, open_table) as kept:
        small = found.typed()
        if kept is None:
            planned = planner.plans(question, small, embed)
        else:
            planned = kept_plans(question, found.names, kept, embed)
        whole = kept_query_table(kept) if kept else None
        if kept and not whole:  # it is too long for queries
            model = None
        answer = answer_table(model, question, whole or query_table(small), planned)
        if answer is None:
            return None
        places = _places(answer)
        numbers = sorted({row for row, _ in places})
        rows = kept.rows.texts(numbers) if kept else {n: found.rows[n].cells for n in numbers}
        cells, brought = cells_shown(places, rows, found.rows)
        if kept:
            height, apart = kept.rows.height, len(kept.rows.rows_apart)
            small = replace(small, whole_height=height, whole_apart=apart)
        words = planner.in_words(answer.plan.plan, small) if answer.plan else ""
        return TableResult(
            text=result_text(answer, found.names, places, rows, words),
            rows=answer.rows,
            sql=answer.sql,
            plan=words,
            cells=cells,
            brought=brought,
            sureness=answer.sureness,
        )


@contextmanager
def _kept(found: JoinedTable, open_table: OpensTable) -> Iterator[LongTable | None]:
    """Lend the kept table that has more rows than were found; None where there is none."""
    chunk = found.rows[0].hit.chunk
    with open_table(chunk.doc_id, header_of(chunk)) as kept:
        has_more = kept is not None and kept.rows.height > len(found.rows)
        is_same = kept is not None and kept.rows.find(found.rows[-1].cells) is not None
        yield kept if has_more and is_same else None


def header_of(chunk: Chunk) -> str:
    """Return the header row of a table's chunk; "" where there is none."""
    return next((line for line in chunk.text.split("\n") if CELL_SEPARATOR in line), "")


def _places(answer: TableAnswer) -> tuple[Place, ...]:
    """Return the cells of rows that a result rests on; of a plan also what it picks by."""
    read = sorted(answer.plan.plan.read) if answer.plan is not None else []
    rows = dict.fromkeys(row for row, _ in answer.cells)
    places = (*answer.cells, *((row, column) for row in rows for column in read))
    return tuple(dict.fromkeys(place for place in places if place[0] >= 0))


def kept_plans(
    question: str, names: Sequence[str], table: LongTable, embed: Embed
) -> list[Planned]:
    """Return plans, the likeliest first; their cells count the rows of the whole table."""
    rows, is_short = table.rows, table.rows.height <= MAX_ROWS
    numbers = range(rows.height) if is_short else sketch(question, table)
    small = table_of_rows(rows, numbers, names=names, title=table.title)
    if is_short:
        return planner.plans(question, small, embed)
    likely = planner.plans(question, small, embed, merge=list)[:MAX_RUN]
    engine = LongEngine(rows)
    run = (replace(one, outcome=engine.run(one.plan)) for one in likely)
    return planner.merged(one for one in run if 0 < len(one.outcome.texts) <= MAX_TEXTS)


def cells_shown(
    places: Sequence[Place], rows: Rows, found: Sequence[FoundRow]
) -> tuple[tuple[ResultCell, ...], Hit | None]:
    """Return the first places' cells by their hits, and a hit of the rows that none holds."""
    held = {row.cells: row for row in reversed(found)}
    shown = places[:MAX_CELLS]
    lacking = sorted({row for row, _ in shown if rows[row] not in held})
    brought = _brought(found[0].hit, [rows[row] for row in lacking]) if lacking else None
    cells = []
    for row, column in shown:
        own = held.get(rows[row])
        if own is not None:
            span, lit = (own.start, own.end), own.cell_span(column)
            cells.append(ResultCell(hit=own.hit, row=span, lit=lit))
        elif brought is not None:
            start, end = _lines(brought.chunk.text)[1 + lacking.index(row)]
            first = start + sum(len(cell) + len(CELL_SEPARATOR) for cell in rows[row][:column])
            lit = first, first + len(rows[row][column])
            cells.append(ResultCell(hit=brought, row=(start, end), lit=lit))
    return tuple(cells), brought


def _brought(like: Hit, rows: Sequence[Sequence[str]]) -> Hit:
    """Return a hit of rows, header first, as those by which their table was found."""
    text = "\n".join([header_of(like.chunk), *(CELL_SEPARATOR.join(row) for row in rows)])
    digest = hashlib.sha256(f"{like.chunk.doc_id}\0{text}".encode()).hexdigest()
    chunk = replace(
        like.chunk,
        id=f"{ROWS_ID}{digest[:27]}",
        text=text,
        provenances=tuple(Provenance(span=span) for span in _lines(text)),
        neighbours=(),
        image=None,
        confidence=None,
    )
    return replace(like, chunk=chunk, found_by=(), relevance=None)


def _lines(text: str) -> list[Span]:
    ends = accumulate(len(line) + 1 for line in text.split("\n"))
    return [
        (end - len(line) - 1, end - 1) for line, end in zip(text.split("\n"), ends, strict=True)
    ]


def result_text(
    answer: TableAnswer, names: Sequence[str], places: Sequence[Place], rows: Rows, plan: str
) -> str:
    """Return what is told; `rows` are the cells of the `places`' rows, `plan` is one in words."""
    values = [
        (column, value)
        for row in answer.rows[:MAX_VALUES]
        for column, value in zip(answer.columns, row, strict=False)
        if value
    ]
    stands = [_stands(value, column, names, places, rows) for column, value in values]
    cells = [place for place in stands if place is not None]
    if values and len(cells) == len(values):
        labelled = {row for row, column in cells if column == 0}  # told with what stands beside it
        shown = (place for place in cells if not place[1] or place[0] not in labelled)
        return "; ".join(dict.fromkeys(_of_cell(one, names, places, rows) for one in shown))
    if plan:
        told = f"{plan}: {'; '.join(value for _, value in values)}"
    else:
        told = "; ".join(f"{column}: {value}".removeprefix(": ") for column, value in values)
    labels = dict.fromkeys(_short(rows[row][0]) for row, _ in places)
    worked_out_of = list(filter(None, labels))
    more = "; …" if len(worked_out_of) > MAX_LABELS else ""
    return f"{told} ({'; '.join(worked_out_of[:MAX_LABELS])}{more})" if worked_out_of else told


def _stands(
    value: str, column: str, names: Sequence[str], places: Sequence[Place], rows: Rows
) -> Place | None:
    """Return the cell that a value was read off as it stands; in its own column if there is one."""
    found = [one for one in places if " ".join(rows[one[0]][one[1]].split()) == value]
    own = [one for one in found if names[one[1]] == column]
    return next(iter(own or found), None)


def _of_cell(place: Place, names: Sequence[str], places: Sequence[Place], rows: Rows) -> str:
    row, column = place
    value, label = _short(rows[row][column]), _short(rows[row][0])
    if column and label:
        return f"{label} — {names[column]}: {value}"
    others = [n for at, n in places if at == row and n != column and rows[row][n]]
    others_text = "; ".join(f"{names[n]}: {_short(rows[row][n])}" for n in others)
    return f"{value} ({others_text})" if others_text else value


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL].rstrip()}…"
