"""Cells of a result by the hits that hold them; rows that no hit holds as a source of their own.

Knows rows of hits and chunks; knows no question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rag.datamodel import CELL_SEPARATOR, Chunk, Hit, Provenance
from rag.tables.engine import Place
from rag.tables.table import Table

ROWS_ID: Final = "rows:"
"""The id of a chunk begins so that was made of rows for a question."""

MAX_CELLS: Final = 24
"""Of a result that rests on more, the first are shown."""

Span = tuple[int, int]


class TableRow(Protocol):
    """A row among the hits: its hit, its range of the chunk's text, and its cells."""

    @property
    def hit(self) -> Hit: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def cells(self) -> tuple[str, ...]: ...
    def cell_span(self, column: int) -> tuple[int, int]: ...


class TableOfHits(Protocol):
    """The rows of one table among the hits, chunks joined."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> Sequence[TableRow]: ...
    @property
    def title(self) -> str: ...
    def typed(self) -> Table: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCell:
    """A cell of a hit: the half-open ranges of its row and of itself in the chunk's text."""

    hit: Hit
    row: Span
    lit: Span


def header_of(chunk: Chunk) -> str:
    """Return the header row of a table's chunk; "" where there is none."""
    return next((line for line in chunk.text.split("\n") if CELL_SEPARATOR in line), "")


def cells_shown(
    places: Sequence[Place], rows: Mapping[int, tuple[str, ...]], found: Sequence[TableRow]
) -> tuple[tuple[ResultCell, ...], Hit | None]:
    """Return the first cells by their hits, and the hit of the rows that none of those holds.

    `rows` are the cells of the places' rows by number, `found` the rows of the hits.
    """
    held = {row.cells: row for row in reversed(found)}
    shown = places[:MAX_CELLS]
    lacking = sorted({row for row, _ in shown if rows[row] not in held})
    brought = _brought(found[0].hit, [rows[row] for row in lacking]) if lacking else None
    cells = []
    for row, column in shown:
        own = held.get(rows[row])
        if own is not None:
            cells.append(
                ResultCell(hit=own.hit, row=(own.start, own.end), lit=own.cell_span(column))
            )
        elif brought is not None:
            cells.append(_brought_cell(brought, 1 + lacking.index(row), column))
    return tuple(cells), brought


def _brought(like: Hit, rows: Sequence[Sequence[str]]) -> Hit:
    """Return a hit of rows, header first, as those by which their table was found."""
    lines = [header_of(like.chunk), *(CELL_SEPARATOR.join(row) for row in rows)]
    text = "\n".join(lines)
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


def _brought_cell(brought: Hit, line: int, column: int) -> ResultCell:
    text = brought.chunk.text
    start, end = list(_lines(text))[line]
    cells = text[start:end].split(CELL_SEPARATOR)
    first = start + sum(len(cell) + len(CELL_SEPARATOR) for cell in cells[:column])
    return ResultCell(hit=brought, row=(start, end), lit=(first, first + len(cells[column])))


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1
