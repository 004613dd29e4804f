"""A table as a query sees it: typed columns with an `id`, and what its cells say."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from rag.storage.tables.long_rows import LongTable
from rag.storage.tables.values import FIRST_YEAR, Value, read
from rag.table_qa.planner.table import Table
from rag.text import MONTH

ColumnType = Literal["INTEGER", "REAL", "DATE", "TEXT"]
Cell = str | int | float | None

MIN_PURE: Final = 0.8
"""A column is of numbers or days if so many of its filled cells are nothing else."""

MIN_HELD: Final = 0.5
"""A text column has a column of numbers beside it if so many cells hold one."""

MAX_NAME: Final = 32
"""Letters of a column's name."""

_RESERVED: Final = frozenset(
    "add all alter and as asc between by case check collate column count create cross current_date"
    " default delete desc distinct drop else end except exists for foreign from full glob group"
    " having id in index inner insert intersect into is isnull join key left like limit match"
    " natural not notnull null offset on or order outer over partition primary references right"
    " rows row rowid select set t table then to transaction union unique update using values when"
    " where window with no".split()
)
_NOT_NAME: Final = re.compile(r"[^a-z0-9]+")
_NOTES: Final = re.compile(r"(?<=\S)\s{0,4}+(?:\[[^\[\]]{0,12}\]|[*†‡]){1,8}+$")
_DASHES: Final = re.compile(r"[‐‑‒–—−]")
_QUOTES: Final = re.compile(r"[‘’´`]")
_NUMBER_ONLY: Final = re.compile(
    r"\W{0,3}(?:[A-Z]{1,3}\$)?\s?[$€£¥]?\s?[-−–+]?\s?[\d.,'\s]*\d[\d.,'\s]*\)?\s?"
    r"(?:%|bn|million|billion|thousand|[a-zµ°²³/]{1,4})?\W{0,2}",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"\s*\d{1,3}(?::\d{2})+(?:\.\d+)?\s*")
_ORDINAL: Final = re.compile(r"\d(?:st|nd|rd|th)\b", re.IGNORECASE)
_DAY_WORDS: Final = re.compile(
    rf"\b{MONTH}\b\.?|(?<=\d)(?:st|nd|rd|th)\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?"
    r"|sun)(?:day)?\b|\bof\b",
    re.IGNORECASE,
)
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MONTHS, _DAYS = 12, 372


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryColumn:
    """A column of a query: made of column `source`, called `heading`; `cells` are compared."""

    name: str
    type: ColumnType
    source: int
    heading: str
    cells: tuple[Cell, ...]


def plain_text(text: str) -> str:
    """Return a cell as it is compared: one kind of dash, quote and space, no mark of a note."""
    folded = unicodedata.normalize("NFKC", text)
    folded = _QUOTES.sub("'", _DASHES.sub("-", folded))
    return _NOTES.sub("", " ".join(folded.split()))


def iso_day(number: float, *, months: bool = True, days: bool = True) -> str:
    """Return a date of `rag.storage.tables.values`, in years: "2001-03-14", of no year "03-14"."""
    year = math.floor(number + 1e-9)
    rest = round((number - year) * _DAYS)
    month, day = divmod(rest, _DAYS // _MONTHS)
    parts = [f"{year:04d}"] if year >= FIRST_YEAR else []
    parts += [f"{month + 1:02d}"] if months else []
    parts += [f"{day + 1:02d}"] if days else []
    return "-".join(parts)


def _typed(texts: Sequence[str], values: Sequence[Value]) -> tuple[ColumnType, tuple[Cell, ...]]:
    filled = [n for n, value in enumerate(values) if value.kind != "empty"]
    least = max(1, MIN_PURE * len(filled))
    days = {n for n in filled if _is_day(texts[n], values[n])}
    numbers = {n for n in filled if _is_number(texts[n], values[n])}
    if len(numbers) >= least:
        read = [_shortest(value.number) if n in numbers else None for n, value in enumerate(values)]
        whole = all(isinstance(one, int) for one in read if one is not None)
        return ("INTEGER" if whole else "REAL"), tuple(read)
    if len(days) >= least:
        return "DATE", _days(values, days)
    texts_left = [plain_text(text) if n in set(filled) else None for n, text in enumerate(texts)]
    return "TEXT", tuple(one or None for one in texts_left)


def _days(values: Sequence[Value], among: set[int]) -> tuple[Cell, ...]:
    """Return days without what none of them tells: its day, its month."""
    rests = {round((values[n].number or 0.0) % 1 * _DAYS) for n in among}
    days = any(rest % (_DAYS // _MONTHS) for rest in rests)
    months = days or any(rests)
    return tuple(
        iso_day(value.number, months=months, days=days)
        if n in among and value.number is not None
        else None
        for n, value in enumerate(values)
    )


def _is_number(text: str, value: Value) -> bool:
    """Tell whether a cell is a number, with a unit at most; a year is one, a place ("1st") not."""
    if value.number is None or _ORDINAL.search(text) or value.second is not None:
        return False
    if value.kind == "date":
        return _NOTES.sub("", text.strip()).isdigit()
    return bool(_NUMBER_ONLY.fullmatch(_NOTES.sub("", text)) or _CLOCK.fullmatch(text))


def _is_day(text: str, value: Value) -> bool:
    """Tell whether a cell is one day, month or year, and nothing else."""
    if value.kind != "date" or (value.second is not None and not _ISO.fullmatch(text.strip())):
        return False
    rest = _DAY_WORDS.sub(" ", _NOTES.sub("", text))
    return not any(map(str.isalpha, rest))


def _numbers_of(texts: Sequence[str], values: Sequence[Value]) -> tuple[Cell, ...] | None:
    """Return the number or year that each cell holds; None where few hold one."""
    filled = sum(value.kind != "empty" for value in values)
    held = [any(map(str.isdigit, _NOTES.sub("", text))) for text in texts]
    if not filled or sum(held) < MIN_HELD * filled:
        return None
    pairs = zip(values, held, strict=True)
    return tuple(_shortest(_year_of(value)) if holds else None for value, holds in pairs)


def _year_of(value: Value) -> float | None:
    if value.kind != "date" or value.number is None or value.number < FIRST_YEAR:
        return value.number
    return float(math.floor(value.number))


def _shortest(number: float | None) -> int | float | None:
    if number is None or not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _name(heading: str) -> str:
    decomposed = unicodedata.normalize(
        "NFKD", heading.replace("#", " number ").replace("%", " percent ")
    )
    ascii_text = decomposed.encode("ascii", "ignore").decode().lower()
    name = _NOT_NAME.sub("_", ascii_text).strip("_")
    if len(name) > MAX_NAME:
        name = name[:MAX_NAME].rpartition("_")[0] or name[:MAX_NAME]
    if not name or name[0].isdigit() or name in _RESERVED:
        return f"c_{name}".rstrip("_")
    return name


def _unused(name: str, used: set[str]) -> str:
    whole, number = name, 2
    while name in used:
        name, number = f"{whole}_{number}", number + 1
    used.add(name)
    return name


MAX_CELLS: Final = 40_000
"""A longer table is not asked: each cell is read anew for a question, in some 70 µs."""

PAGE: Final = 5_000
"""Rows of a kept table that are read at a time."""

MAX_COLUMNS: Final = 40
"""Columns beyond are not seen: each costs words of the model."""


@dataclass(frozen=True, kw_only=True)
class QueryTable:
    """Columns of equally many cells; `id` n is row n - 1 of the table that it was made of.

    `apart` are the rows (from 0) that are no data: totals, means and notes. `texts` are the cells
    as they stand, column by column.
    """

    title: str
    columns: tuple[QueryColumn, ...]
    texts: tuple[tuple[str, ...], ...]
    apart: frozenset[int] = frozenset()

    @property
    def height(self) -> int:
        return len(self.texts[0])

    @cached_property
    def by_name(self) -> dict[str, QueryColumn]:
        return {column.name: column for column in self.columns}

    def text(self, row: int, column: QueryColumn) -> str:
        return self.texts[column.source][row]


def query_table(table: Table) -> QueryTable:
    columns = table.columns[:MAX_COLUMNS]
    return _made(
        table.title,
        [column.levels[-1] for column in columns],
        [column.texts for column in columns],
        [column.values for column in columns],
        table.left_out,
    )


def kept_query_table(table: LongTable) -> QueryTable | None:
    """Return a kept table for queries; None where it is too long."""
    rows, width = table.rows, min(table.rows.width, MAX_COLUMNS)
    if rows.height * width > MAX_CELLS:
        return None
    starts = range(0, rows.height, PAGE)
    cells = [row for start in starts for row in rows.page(start, PAGE).values()]
    texts = list(zip(*cells, strict=True))[:width]
    values = [[read(text, rows.mark) for text in column] for column in texts]
    return _made(table.title, rows.names, texts, values, rows.rows_apart)


def _made(
    title: str,
    headings: Sequence[str],
    texts: Sequence[tuple[str, ...]],
    values: Sequence[Sequence[Value]],
    apart: frozenset[int],
) -> QueryTable:
    """Return the table; beside a text that mostly holds a number stands a column of it."""
    found: list[QueryColumn] = []
    used = {"id"}

    def add(name: str, kind: ColumnType, cells: tuple[Cell, ...]) -> None:
        column = QueryColumn(name=name, type=kind, source=n, heading=headings[n], cells=cells)
        found.append(column)

    for n in range(len(texts)):
        name = _unused(_name(headings[n]), used)
        kind, cells = _typed(texts[n], values[n])
        add(name, kind, cells)
        numbers = _numbers_of(texts[n], values[n]) if kind == "TEXT" else None
        if numbers is not None:
            add(_unused(f"{name}_number", used), "REAL", numbers)
    return QueryTable(title=title, columns=tuple(found), texts=tuple(texts), apart=apart)


def rows_of(table: QueryTable, *, apart: bool) -> list[tuple[Cell, ...]]:
    """Return the rows of a query's table, each with its `id`; those apart where they are wanted."""
    cells = enumerate(zip(*(column.cells for column in table.columns), strict=True))
    return [(n + 1, *row) for n, row in cells if apart or n not in table.apart]
