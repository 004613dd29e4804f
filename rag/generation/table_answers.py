"""What is worked out of a table among the hits, told as one line with marks, and its cells."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from heapq import nlargest
from typing import Final

from rag.datamodel import Citation, Context, Hit
from rag.datamodel.table_queries import TableQuery
from rag.generation.citations import citation_of, without_marks
from rag.generation.quotation.passages import Passages
from rag.models.llm.language_model import LanguageModel
from rag.months import years_in, years_meant
from rag.retrieval.context import Fetch
from rag.storage.tables.long_rows import OpensTable, no_table
from rag.table_qa.hit_tables import TableResult, ask_table, header_of
from rag.table_qa.query_table import query_table
from rag.table_qa.scale import scaled
from rag.table_qa.table_answer import fits
from rag.table_qa.table_rows import JoinedTable, is_whole, tables_of, with_whole_tables
from rag.understanding.question.question import Question

MIN_CHANCE: Final = 0.15
"""A table is asked if its rows together are so likely to tell what is asked."""

MIN_ROWS: Final = 2

SURE: Final = 0.6
"""A result is told from this chance of being right on (see training/LOG.md)."""

MAX_MARKS: Final = 3

_NUMBER: Final = re.compile(r"-?(?:\d+\.\d+|\d{5,})")
"""What a language may write otherwise; a year is written alike in all."""

_UNNAMED: Final = frozenset({"other", "others", "all other", "all others", "rest"})
"""How a last row is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """A result as it is told, with marks of `context`; `sureness` is its chance of being right."""

    text: str
    query: TableQuery
    cells: tuple[Citation, ...]
    context: Context
    sureness: float

    @property
    def hits(self) -> tuple[Hit, ...]:
        held = {cell.chunk.id for cell in self.cells}
        return tuple(hit for hit in self.context.hits if hit.chunk.id in held)


@dataclass(frozen=True, eq=False)
class TableAnswering:
    """Asks the tables of hits, each whole; nothing while the embedder of `passages` loads.

    `fetch` returns chunks by their ids, `open_table` lends kept tables. Without a `model` trained
    plans alone ask them.
    """

    fetch: Fetch
    passages: Passages
    _: KW_ONLY
    open_table: OpensTable = no_table
    model: LanguageModel | None = None

    def __call__(self, asked: Question, context: Context) -> TableLine | None:
        """Return what the likeliest table gives; None where none is sure. Raises ModelError."""
        works_out = asked.picks or asked.counts or asked.compares
        if not works_out or asked.is_foreign or not self.passages.scorer.embeds:
            return None
        chances: defaultdict[str, float] = defaultdict(float)
        for unit in self.passages.units(asked, context.hits):
            chances[unit.evidence.hit.chunk.id] += unit.chance
        hits = with_whole_tables(
            context.hits, self.fetch, wants=lambda table: _chance(table, chances) >= MIN_CHANCE
        )
        whole = replace(context, hits=tuple(hits))
        for table in likely_tables(tables_of(hits), context.hits, chances):
            question = asked.measured(table.names)
            is_there = is_whole(table, whole) or is_kept(table, self.open_table)
            if is_there and speaks_of(question, table, context.hits):
                found = ask_table(
                    question,
                    table,
                    self.passages.scorer.vectors,
                    model=self.model,
                    open_table=self.open_table,
                )
                if found and found.sureness >= SURE and not is_doubtful(found, asked):
                    return _table_line(found, whole, asked.spoken_languages)
        return None


def is_kept(table: JoinedTable, open_table: OpensTable) -> bool:
    """Tell whether all rows of a table are kept; one that was set side by side is kept so."""
    chunk = table.rows[0].hit.chunk
    with open_table(chunk.doc_id, header_of(chunk)) as kept:
        return kept is not None and kept.rows.width == len(table.names)


def is_doubtful(found: TableResult, asked: Question) -> bool:
    """Tell whether a result is of other years, picks "others", or counts a single row."""
    counts_one = "COUNT(" in found.sql.upper() and found.rows == (("1",),)
    told = {value.casefold() for row in found.rows for value in row}
    is_unnamed = asked.picks and not told.isdisjoint(_UNNAMED)
    return counts_one or is_unnamed or of_other_years(found.text, asked)


def of_other_years(result: str, asked: Question) -> bool:
    """Tell whether a result is of years that the question, which names some, does not name."""
    meant = years_meant(asked.standalone)
    return bool(meant) and not meant >= years_in(result)


def speaks_of(question: str, table: JoinedTable, hits: Sequence[Hit]) -> bool:
    """Tell whether a table has the question's words, or is of the first hit's document."""
    is_first = table.rows[0].hit.chunk.doc_id == hits[0].chunk.doc_id
    return is_first or fits(question, query_table(table.typed()))


def likely_tables(
    tables: Iterable[JoinedTable], hits: Sequence[Hit], chances: Mapping[str, float]
) -> list[JoinedTable]:
    """Return the tables, likeliest first, if one holds what was found first or is likeliest."""
    first = {*(hit.chunk.id for hit in hits[:1]), *nlargest(1, chances, key=chances.__getitem__)}
    leading = [
        table
        for table in tables
        if len(table.rows) >= MIN_ROWS
        and _chance(table, chances) >= MIN_CHANCE
        and any(row.hit.chunk.id in first for row in table.rows)
    ]
    return sorted(leading, key=lambda table: -_chance(table, chances))


def _chance(table: JoinedTable, chances: Mapping[str, float]) -> float:
    return math.fsum(chances.get(key, 0.0) for key in {row.hit.chunk.id for row in table.rows})


def as_asked(text: str, worked_out: Iterable[str], languages: Sequence[str]) -> str:
    """Return a text with worked-out numbers as the question's language (ISO 639-1) has them."""
    if len(languages) != 1 or languages[0] == "en":
        return text
    from babel.numbers import format_decimal  # noqa: PLC0415 - English needs none of it

    for value in filter(_NUMBER.fullmatch, worked_out):
        written = format_decimal(value, locale=languages[0], decimal_quantization=False)
        text = re.sub(rf"(?<![\d.]){re.escape(value)}(?![\d.])", written, text)
    return text


def _worked_out(found: TableResult) -> Iterator[str]:
    read = [cell.hit.chunk.text for cell in found.cells]
    yield from (v for row in found.rows for v in row if not any(v in text for text in read))


def _table_line(found: TableResult, context: Context, languages: Sequence[str]) -> TableLine:
    hits = _with_brought(context.hits, found.brought)
    ranks = {hit.chunk.id: hit.rank for hit in hits}
    numbers = list(dict.fromkeys(ranks[cell.hit.chunk.id] for cell in found.cells))[:MAX_MARKS]
    marks = "".join(f" [{number}]" for number in numbers)
    cells = tuple(
        citation_of(cell.hit.chunk, *cell.row, number=ranks[cell.hit.chunk.id], lit=cell.lit)
        for cell in found.cells
    )
    query = TableQuery(
        plan=found.sql or found.plan,
        result="; ".join(value for row in found.rows for value in row),
        cells=tuple(range(len(cells))),
    )
    told = as_asked(without_marks(found.text), _worked_out(found), languages)
    told = scaled(told, [cell.hit.chunk for cell in found.cells], *languages[:1])
    return TableLine(
        text=f"{told}{marks}.",
        query=query,
        cells=cells,
        context=replace(context, hits=hits),
        sureness=found.sureness,
    )


def _with_brought(hits: Sequence[Hit], brought: Hit | None) -> tuple[Hit, ...]:
    if brought is None:
        return tuple(hits)
    return (*hits, replace(brought, rank=1 + max(hit.rank for hit in hits)))
