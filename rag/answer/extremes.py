"""The row of a table with the largest or smallest value, of all chunks of the table.

Knows tables and words; knows no model.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.asked import Asked, alias
from rag.answer.context import Fetch
from rag.answer.features import stems_of
from rag.answer.quantities import quantity
from rag.answer.shorts import cells_between, lines_between
from rag.answer.tables import cells_of, column_names
from rag.datamodel import CELL_SEPARATOR, Context, Hit
from rag.text import STOP_WORDS, stem, words

_LARGEST: Final = "highest largest most biggest greatest maximum max longest tallest heaviest"
_SMALLEST: Final = "lowest smallest least fewest minimum min shortest lightest"
_PLACES: Final = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_SUPERLATIVE: Final = re.compile(
    rf"(?<!\bat )\b(?:(?P<place>{'|'.join(_PLACES)})[ -])?"
    rf"(?:(?P<up>{_LARGEST.replace(' ', '|')})|(?P<down>{_SMALLEST.replace(' ', '|')}))\b"
    r"(?P<rest>[^,?;]*)",
    re.IGNORECASE,
)
_NOT_AMOUNTS: Final = re.compile(
    r"^\s*(?:recent|likely|common|important|of\b|like\b)", re.IGNORECASE
)
_TOTALS: Final = frozenset(map(stem, "total totals sum all overall average mean worldwide".split()))
MOST_CHUNKS: Final = 12
"""A table of more chunks is not looked at whole, and nothing is said of its largest row."""

LEAST_ROWS: Final = 3
LEAST_VALUES: Final = 0.7
"""A column is one of amounts if so many of its cells are."""

LONGEST_AMOUNT: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: its hit, its range of the chunk's text, and its cells."""

    hit: Hit
    start: int
    end: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of all chunks of one table, and the names of its columns."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, number: int) -> list[str]:
        return [row.cells[number] for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """What was found: the row, the columns of its label and of its value, out of how many rows.

    `chunks` are the ids of the table's chunks.
    """

    row: Row
    names: tuple[str, ...]
    label: int
    value: int
    rows: int
    largest: bool
    place: int
    chunks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which row is wanted: the largest or smallest, in which place, of what.

    `head` are the stems that directly follow the superlative ("highest tax rate of ..."), `of`
    those of the whole phrase.
    """

    largest: bool
    place: int
    head: frozenset[str]
    of: frozenset[str]


def wish(asked: Asked) -> Wish | None:
    """Return which row a question wants; None if it names no superlative of an amount."""
    found = _SUPERLATIVE.search(asked.core)
    if found is None or _NOT_AMOUNTS.match(found["rest"]):
        return None
    said = found["up"] or found["down"]
    if said[0].isupper() and stem(said.lower()) in asked.names:
        return None
    following = words(found["rest"])
    head = itertools.takewhile(lambda word: word not in STOP_WORDS, following)
    return Wish(
        head=frozenset(alias(stem(word)) for word in head),
        largest=found["up"] is not None,
        place=_PLACES.get((found["place"] or "").lower(), 1),
        of=frozenset(alias(stem(word)) for word in following if word not in STOP_WORDS),
    )


def tables_of(hits: Sequence[Hit]) -> list[Table]:
    """Return the tables of the hits, chunks of one table joined, in the order of the hits."""
    grouped: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for hit in hits:
        names = column_names(hit.chunk)
        if names:
            key = (hit.chunk.doc_id, names)
            grouped.setdefault(key, []).extend(_rows(hit, names))
    return [Table(names=key[1], rows=tuple(rows)) for key, rows in grouped.items() if rows]


def _rows(hit: Hit, names: Sequence[str]) -> list[Row]:
    text = hit.chunk.text
    rows = [
        Row(hit=hit, start=start, end=end, cells=tuple(cells_of(text[start:end])))
        for start, end in lines_between(text, 0, len(text))
        if CELL_SEPARATOR in text[start:end]
    ]
    return [row for row in rows[1:] if len(row.cells) == len(names)]


def with_whole_tables(asked: Asked, hits: Sequence[Hit], fetch: Fetch) -> list[Hit]:
    """Return the hits and, where a largest or smallest is asked for, the rest of their tables.

    Only tables with a column for it, and at most `MOST_CHUNKS` chunks more.
    """
    wanted = wish(asked)
    kept = list(hits)
    for table in tables_of(hits) if wanted else ():
        if wanted and any(_fit(name, asked, wanted) > 0 for name in table.names):
            kept.extend(_rest(table, kept, fetch))
    return [replace(hit, rank=n) for n, hit in enumerate(kept, start=1)]


def _rest(table: Table, hits: Sequence[Hit], fetch: Fetch) -> list[Hit]:
    """Return what follows and precedes a table's chunks as long as it is the same table."""
    owner = table.rows[0].hit
    known = {hit.chunk.id for hit in hits}
    frontier = list({row.hit.chunk.id: row.hit.chunk for row in table.rows}.values())
    found: list[Hit] = []
    while frontier and len(found) < MOST_CHUNKS:
        linked = dict.fromkeys(n for chunk in frontier for n in chunk.neighbours)
        ids = [chunk_id for chunk_id in linked if chunk_id not in known]
        known.update(ids)
        frontier = [
            chunk
            for chunk in (fetch(ids) if ids else ())
            if chunk.doc_id == owner.chunk.doc_id and column_names(chunk) == table.names
        ]
        found.extend(replace(owner, chunk=chunk) for chunk in frontier)
    return found[:MOST_CHUNKS]


def extreme(asked: Asked, context: Context) -> Extreme | None:
    """Return the wanted row of the table that fits best; none of a table that is not whole."""
    wanted = wish(asked)
    if wanted is None:
        return None
    cut = {(hit.chunk.doc_id, column_names(hit.chunk)) for hit in context.dropped}
    found = [
        one
        for table in tables_of(context.hits)
        if (table.rows[0].hit.chunk.doc_id, table.names) not in cut and _chunks(table) < MOST_CHUNKS
        if (one := _extreme(asked, wanted, table))
    ]
    found.sort(key=lambda one: -one[0])
    return found[0][1] if found else None


def _extreme(asked: Asked, wanted: Wish, table: Table) -> tuple[float, Extreme] | None:
    rows = [row for row in table.rows if not _is_total(row, asked)]
    if len(rows) < LEAST_ROWS:
        return None
    amounts = [n for n in range(len(table.names)) if _is_of_amounts(table, n)]
    scored = [(_fit(table.names[n], asked, wanted), -n) for n in amounts]
    fit, negated = max(scored, default=(0.0, 0))
    if fit <= 0:
        return None
    value = -negated
    valued = [(q.size, row) for row in rows if (q := quantity(row.cells[value])) is not None]
    valued.sort(key=lambda one: -one[0] if wanted.largest else one[0])
    if len(valued) < max(LEAST_ROWS, wanted.place):
        return None
    size, row = valued[wanted.place - 1]
    if sum(other == size for other, _ in valued) > 1:
        return None
    label = _label_column(asked, table, value)
    return fit, Extreme(
        row=row,
        names=table.names,
        label=label,
        value=value,
        rows=len(rows),
        largest=wanted.largest,
        place=wanted.place,
        chunks=frozenset(row.hit.chunk.id for row in table.rows),
    )


def _chunks(table: Table) -> int:
    return len({row.hit.chunk.id for row in table.rows})


def _is_total(row: Row, asked: Asked) -> bool:
    return bool(stems_of(row.cells[0]) & _TOTALS - asked.stems)


def _is_of_amounts(table: Table, number: int) -> bool:
    cells = [cell for cell in table.column(number) if cell]
    amounts = [c for c in cells if len(c) <= LONGEST_AMOUNT and c[:1] in "0123456789$€£-(<>~"]
    return len(amounts) >= max(LEAST_ROWS, LEAST_VALUES * len(cells))


def _fit(name: str, asked: Asked, wanted: Wish) -> float:
    """Return how well a column fits what is to be largest: its words after the superlative."""
    stems = stems_of(name)
    if not stems & wanted.head:
        return 0.0
    common = len(stems & wanted.of)
    return common / len(wanted.of | stems) + common + 0.1 * len(stems & asked.stems)


def _label_column(asked: Asked, table: Table, value: int) -> int:
    """Return the column that the question's noun names, else the first that is not the value's."""
    columns = [n for n in range(len(table.names)) if n != value]
    return max(columns, key=lambda n: (len(stems_of(table.names[n]) & asked.noun), -n))


def cell_range(row: Row, number: int) -> tuple[int, int]:
    """Return the range of a cell in its chunk's text; the row's where it can't be told."""
    spans = cells_between(row.hit.chunk.text, row.start, row.end)
    return spans[number] if number < len(spans) else (row.start, row.end)
