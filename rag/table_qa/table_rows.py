"""The tables of the hits, chunks of one table joined, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk, Context, Hit
from rag.number_forms import tells_scale_alone
from rag.retrieval.context import Fetch, brought, linked
from rag.retrieval.fusion import renumber
from rag.table_qa.planner.table import Table, table_of
from rag.table_text import cells_of, column_names
from rag.text import lines_between, words

MAX_CHUNKS: Final = 12
"""A table of more chunks is not looked at whole, and nothing is said of its largest row."""

ROWS_ID: Final = "rows:"
"""The id of a chunk begins so that was made of rows for a question."""

MAX_TITLE: Final = 70
"""Letters of a table's title that are told."""

KIND_WORDS: Final = 2
"""A caption of so few words ("Bar chart") tells less than the heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A row of a table: its hit, range and cells; `part` of a table that was `folded`."""

    hit: Hit
    start: int
    end: int
    cells: tuple[str, ...]
    part: int = 0

    def cell_span(self, column: int) -> tuple[int, int]:
        """Return where in the chunk's text a cell stands; the row where that can't be told."""
        parts = self.hit.chunk.text[self.start : self.end].split("|")
        cells, bare = self.cells, tuple(map(str.strip, parts))
        found = (n for n in range(len(parts)) if bare[n : n + len(cells)] == cells)
        at = next(found, 0) + column
        if at >= len(parts) or not parts[at].strip():
            return self.start, self.end
        start = self.start + sum(len(part) + 1 for part in parts[:at])
        start += len(parts[at]) - len(parts[at].lstrip())
        return start, start + len(parts[at].strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTable:
    """The rows of all chunks of one table, and the names of its columns."""

    names: tuple[str, ...]
    rows: tuple[FoundRow, ...]

    @property
    def title(self) -> str:
        """Its caption, its heading, or the name of its file; in one short line."""
        line = " ".join(_titled(self.rows[0].hit.chunk).partition(" (")[0].split()).rstrip(" .:")
        if len(line) <= MAX_TITLE:
            return line
        return f"{line[:MAX_TITLE].rpartition(' ')[0]} …"

    def typed(self) -> Table:
        cells, language = [row.cells for row in self.rows], self.rows[0].hit.chunk.language
        return table_of(self.names, cells, title=self.title, language=language)


def is_made(chunk: Chunk) -> bool:
    """Tell whether a chunk was made of rows of a long table for a question."""
    return chunk.id.startswith(ROWS_ID)


def folded(names: tuple[str, ...]) -> int:
    """Return the width of tables set side by side: "State | Rate | State | Rate" has 2."""
    widths = (w for w in range(2, len(names) // 2 + 1) if len(names) % w == 0)
    own = (w for w in widths if all(names[:w]) and names[:w] * (len(names) // w) == names)
    return next(own, len(names))


def _titled(chunk: Chunk) -> str:
    first = chunk.text.partition("\n")[0]
    is_scale = tells_scale_alone(first)
    is_sentence = CELL_SEPARATOR not in first and len(words(first)) > KIND_WORDS and not is_scale
    if is_sentence or (CELL_SEPARATOR not in first and not chunk.headings):
        return first
    return chunk.headings[-1] if chunk.headings else PurePosixPath(chunk.source).name


def tables_of(hits: Sequence[Hit]) -> list[JoinedTable]:
    """Return the tables of the hits in their order, chunks of one table joined, rows in its own."""
    grouped: dict[tuple[str, tuple[str, ...]], list[FoundRow]] = {}
    for hit in hits:
        names = column_names(hit.chunk)
        if names:
            key = (hit.chunk.doc_id, names)
            grouped.setdefault(key, []).extend(_rows(hit, names))
    for rows in grouped.values():
        rows.sort(key=lambda row: (row.part, row.hit.chunk.ordinal, row.start))
    return [
        JoinedTable(names=names[: folded(names)], rows=tuple(rows))
        for (_, names), rows in grouped.items()
        if rows
    ]


def _rows(hit: Hit, names: tuple[str, ...]) -> list[FoundRow]:
    text = hit.chunk.text
    rows = [
        (start, end, cells_of(text[start:end]))
        for start, end in lines_between(text, 0, len(text))
        if CELL_SEPARATOR in text[start:end]
    ]
    width = folded(names)
    return [
        FoundRow(hit=hit, start=start, end=end, cells=tuple(cells[at : at + width]), part=part)
        for start, end, cells in rows[1:]
        if len(cells) == len(names)
        for part, at in enumerate(range(0, len(names), width))
        if any(cells[at : at + width])
    ]


def with_whole_tables(
    hits: Sequence[Hit], fetch: Fetch, *, wants: Callable[[JoinedTable], bool]
) -> list[Hit]:
    """Return the hits and the rest of wanted tables, at most `MAX_CHUNKS` chunks of each."""
    kept = list(hits)
    for table in tables_of(hits):
        if wants(table):
            kept.extend(_rest(table, kept, fetch))
    return renumber(kept)


def _rest(table: JoinedTable, hits: Sequence[Hit], fetch: Fetch) -> list[Hit]:
    """Return what follows and precedes a table's chunks as long as it is the same table."""
    owner = min((row.hit for row in table.rows), key=lambda hit: hit.rank)
    known = {hit.chunk.id for hit in hits}
    names = column_names(owner.chunk)
    own = list({row.hit.chunk.id: row.hit.chunk for row in table.rows}.values())
    found: list[Hit] = []

    def belongs(chunk: Chunk) -> bool:
        return chunk.doc_id == owner.chunk.doc_id and column_names(chunk) == names

    for ring in linked(own, fetch, known=known, belongs=belongs):
        found.extend(replace(owner, chunk=brought(chunk, owner)) for chunk in ring)
        if len(found) >= MAX_CHUNKS:
            break
    return found[:MAX_CHUNKS]


def is_whole(table: JoinedTable, context: Context) -> bool:
    """Tell whether nothing of the table was left out of the context, or of what was fetched."""
    cut = {(hit.chunk.doc_id, column_names(hit.chunk)) for hit in context.dropped}
    chunks = {row.hit.chunk.id for row in table.rows}
    first = table.rows[0].hit.chunk
    return (first.doc_id, column_names(first)) not in cut and len(chunks) < MAX_CHUNKS
