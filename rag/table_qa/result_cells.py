"""Cells of a result by the hits that hold them; rows that no hit holds as a source of their own.

Knows rows of hits and chunks; knows no question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rag.datamodel import CELL_SEPARATOR, Chunk, Hit, Provenance
from rag.table_qa.planner.engine import Place
from rag.table_qa.planner.table import Table
from rag.table_qa.table_answer import TableAnswer

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


MAX_VALUES: Final = 12
MAX_ROWS: Final = 6
"""Rows that are named of those that a number was worked out of."""

MAX_CELL: Final = 60
"""Letters of a cell that are told."""

Rows = Mapping[int, tuple[str, ...]]


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
    stands = [_place(value, column, names, places, rows) for column, value in values]
    if values and all(stands):
        cells = [place for place in stands if place is not None]
        labelled = {row for row, column in cells if column == 0}  # told with what stands beside it
        shown = (place for place in cells if not place[1] or place[0] not in labelled)
        lines = (_of_cell(place, names, places, rows) for place in shown)
        return "; ".join(dict.fromkeys(lines))
    whole = "; ".join(f"{column}: {value}".removeprefix(": ") for column, value in values)
    if plan:
        return f"{plan}: {'; '.join(value for _, value in values)}{_worked_out_of(places, rows)}"
    return f"{whole}{_worked_out_of(places, rows)}"


def _place(
    value: str, column: str, names: Sequence[str], places: Sequence[Place], rows: Rows
) -> Place | None:
    """Return the cell that a value was read off as it stands; in its own column if there is one."""
    found = [one for one in places if _plain(rows[one[0]][one[1]]) == value]
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


def _worked_out_of(places: Sequence[Place], rows: Rows) -> str:
    labels = [_short(rows[row][0]) for row in dict.fromkeys(row for row, _ in places)]
    names = list(dict.fromkeys(filter(None, labels)))
    more = "; …" if len(names) > MAX_ROWS else ""
    return f" ({'; '.join(names[:MAX_ROWS])}{more})" if names else ""


def _plain(cell: str) -> str:
    return " ".join(cell.split())


def _short(cell: str) -> str:
    text = _plain(cell)
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL].rstrip()}…"
