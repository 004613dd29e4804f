"""What of a table is drawn: how something developed, and what is compared.

Only where the words of the question stand on the table: a column that it names, over rows of
months, years or days, or the rows or columns that are compared. English rules. Knows the hits'
tables; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rag.answer.computed.planned import unfolded
from rag.answer.computed.rows_asked import label_stems
from rag.answer.computed.table_rows import JoinedTable, is_whole, tables_of
from rag.answer.question.asked import Stems, stems_of
from rag.answer.question.qualities import told_column
from rag.answer.question.question import Question
from rag.datamodel import Context
from rag.tables.engine import HEADING
from rag.tables.series import MOST_POINTS, MOST_SERIES, SeriesPlan
from rag.tables.table import Table
from rag.text import MONTH, YEAR

LEAST_STANDING: Final = 0.5
"""A word of the question stands on the table if it or one of like meaning does so surely."""

LEAST_TIMES: Final = 0.6
"""Rows are of times if so many of their labels are."""

LEAST_LINE: Final = 3
"""Fewer points are bars."""

_I: Final = re.IGNORECASE
_TIMES: Final = "month|year|day|week|quarter|season|winter"
_TREND: Final = re.compile(
    r"\bhow\s++(?:did|do|does|has|have|had|is|was|were)\b[^?]{1,120}\b"
    r"(?:develop(?:ed|ing)?|evolved?|changed?|gr[eo]w(?:n|ing)?|var(?:y|ied)|progress(?:ed)?)\b"
    r"|\btrends?\s++(?:of|in)\b|\bdevelopment\s++of\b|\bover\s++time\b"
    rf"|\bover\s++the\s++(?:last\s++|past\s++)?(?:\w++\s++)?(?:{_TIMES})s?\b"
    rf"|\bfrom\s++(?:{_TIMES})\s++to\s++(?:{_TIMES})\b",
    _I,
)
_EACH: Final = re.compile(
    r"^\W{0,3}(?:(?:please|show|draw|plot|chart|give|list|me|what|is|was|are|were|the|a)\s++)*"
    r"(?:(?:monthly|yearly|annual|daily|weekly|quarterly)\b"
    rf"|(?:[\w-]++\s++){{1,6}}?(?:per|by|each|every)\s++(?:{_TIMES})\b)",
    _I,
)
_NO_FIGURE: Final = re.compile(r"\b(?:who|whom|why|where|which|when|how (?:many|much))\b", _I)
_COMPARE: Final = re.compile(r"^\W{0,3}(?:please\s++)?compar", _I)
_SAYING: Final = stems_of(
    "develop development evolve evolved change changed grow grew grown vary varied progress trend"
    " time month monthly year yearly annual day daily week weekly quarter quarterly past last show"
    " draw plot chart give list compare compared comparison differ difference versus vs course"
)
_TIME: Final = re.compile(
    rf"\W{{0,3}}(?:\d{{1,2}}\.?\s*)?{MONTH}\.?(?:\s+\d{{1,2}})?(?:,?\s+(?:{YEAR}|\d\d))?\W{{0,3}}"
    rf"|\W{{0,3}}(?:FY|Q[1-4]\s*)?{YEAR}(?:\s?[/–-]\s?\d\d(?:\d\d)?)?\W{{0,3}}"
    r"|\d{4}-\d\d(?:-\d\d)?",
    _I,
)
_TIMED: Final = re.compile(rf"\b{YEAR}\b")
_NOT_READ: Final = "was not read"
_LONG_UNITS: Final = {
    "h": "hours",
    "mm": "millimetres",
    "cm": "centimetres",
    "%": "percent share",
    "EUR": "euros",
}
_UNIT: Final = re.compile(
    r"(?:^|[\s(_])(°\s?[CF]|km/h|kmh|mm|cm|m/s|kWh|EUR|USD|CHF|GBP|[hm%c])\)?$"
)


@dataclass(frozen=True, kw_only=True)
class DrawnTable:
    """The rows of a table, the same as typed columns, and which of its cells are drawn."""

    rows: JoinedTable
    table: Table
    plan: SeriesPlan


def asks_trend(asked: Question) -> bool:
    """Tell whether a development is asked for: "how did X develop", "monthly X"."""
    if asked.is_foreign or asked.sides or len(asked.asked_apart) > 1:
        return False
    if _TREND.search(asked.core):
        return True
    return bool(_EACH.search(asked.core)) and not _NO_FIGURE.search(asked.core)


def compares(asked: Question) -> bool:
    """Tell whether things are compared: "compare X", "A vs B"."""
    if asked.is_foreign or len(asked.asked_apart) > 1:
        return False
    return bool(asked.sides) or bool(_COMPARE.search(asked.core))


def is_told(asked: Question) -> bool:
    """Tell whether what is drawn is the answer; of two that are compared the rows are quoted."""
    return asks_trend(asked) or (compares(asked) and not asked.sides)


def drawn(asked: Question, context: Context) -> DrawnTable | None:
    """Return what is drawn for a question; None where it asks for none or no table fits.

    Of several tables the one is drawn whose columns say most of what is asked for, and whose title
    says least besides.
    """
    if not (asks_trend(asked) or compares(asked)):
        return None
    found = [
        (score, one)
        for rows in tables_of(context.hits)
        if is_whole(rows, context)
        for score, one in _fitting(asked, unfolded(rows))
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def draws(asked: Question, table: JoinedTable) -> bool:
    """Tell whether all rows of a table are needed to draw it."""
    if not (asks_trend(asked) or compares(asked)):
        return False
    return any(True for _ in _fitting(asked, unfolded(table)))


def _fitting(asked: Question, rows: JoinedTable) -> Iterator[tuple[tuple[float, int], DrawnTable]]:
    """Yield what of a table is drawn, if anything, and how well it fits."""
    surface = _Surface(asked, rows)
    for score, plan in surface.plans():
        found = DrawnTable(rows=rows, table=surface.table, plan=plan)
        yield (score, -surface.besides), found


class _Surface:
    """Where the words of one question stand on one table."""

    def __init__(self, asked: Question, rows: JoinedTable) -> None:
        self._asked = asked
        self._rows = rows.rows
        self.table = rows.typed()
        chunk = rows.rows[0].hit.chunk
        caption = chunk.text.partition("\n")[0]
        self._said = stems_of(f"{caption} {chunk.context} {' '.join(chunk.headings)}")
        self._is_partial = any(_NOT_READ in row.hit.chunk.text for row in rows.rows)
        self._title = stems_of(rows.title)
        self._names = [_column_stems(name) for name in rows.names]
        self._labels = [label_stems(row) for row in rows.rows]

    @cached_property
    def wanted(self) -> Stems:
        """What of the question must stand on the table."""
        return frozenset(self._asked.stems - _SAYING)

    @property
    def besides(self) -> int:
        """How many words of the title are none of the question's."""
        return len(self._title - self.wanted - _SAYING)

    def plans(self) -> Iterator[tuple[float, SeriesPlan]]:
        if compares(self._asked):
            yield from self._compared()
        elif self._is_timed():
            yield from self._over_rows()
        else:
            yield from self._over_headings()

    def _is_timed(self) -> bool:
        """Tell whether rows are of times, by the first cell of each."""
        return sum(map(self._is_time, range(len(self._rows)))) >= LEAST_TIMES * len(self._rows)

    def _is_time(self, row: int) -> bool:
        return _TIME.fullmatch(self.table.text(row, 0)) is not None

    def _over_rows(self) -> Iterator[tuple[float, SeriesPlan]]:
        """Yield the columns that are asked for over the rows."""
        rows = self._rows_of(timed=self._is_timed())
        score, columns = self._columns(self._left(rows))
        if columns and len(rows) >= LEAST_LINE:
            yield score, SeriesPlan("line" if self._is_timed() else "bars", 0, columns, rows)

    def _rows_of(self, *, timed: bool) -> tuple[int, ...]:
        """Return the rows without totals; where several bear a word of the question, these."""
        kept = [
            n
            for n in range(len(self._rows))
            if (self._is_time(n) if timed else n not in self.table.left_out)
        ]
        for stem in self.wanted:
            named = [n for n in kept if stem in self._labels[n]]
            if named and stem not in self._title:
                kept = named
        return tuple(kept) if len(kept) <= MOST_POINTS else ()

    def _left(self, rows: Sequence[int]) -> Stems:
        """Return what is wanted and stands on no label of the rows."""
        told = frozenset().union(*(self._labels[n] for n in rows)) if rows else frozenset()
        return frozenset(self.wanted - told)

    def _columns(self, wanted: Stems) -> tuple[float, tuple[int, ...]]:
        """Return the columns of numbers that say most of what is wanted, and how much they do.

        None where something that is wanted stands nowhere on the table. A table whose columns
        say nothing of it is drawn whole if its title does.
        """
        numeric = [n for n in range(1, self.table.width) if self._is_drawn(n)]
        shares = {n: self._share(wanted, self._names[n]) for n in numeric}
        best = max(shares.values(), default=0.0)
        columns = tuple(n for n in numeric if best and shares[n] == best)
        score = best
        if not best and self._share(wanted, self._title) and not self._is_partial:
            columns, score = tuple(numeric), 0.1
        around = self._around((0, *columns))
        if not columns or len(columns) > MOST_SERIES or not self._stand(wanted, around):
            return 0.0, ()
        units = {_unit(self.table.columns[n].name) for n in columns}
        return (score, columns) if len(units) == 1 else (0.0, ())

    def _is_drawn(self, column: int) -> bool:
        own = self.table.columns[column]
        return own.is_ordered and own.kind in {"number", "share"}

    def _share(self, wanted: Stems, held: Stems) -> float:
        """Return how many of the wanted words are held."""
        return float(sum(self._asked.standing(one, held) >= LEAST_STANDING for one in wanted))

    def _around(self, columns: Sequence[int]) -> Stems:
        """Return what stands around the table and in the names of some columns."""
        return self._said.union(*(self._names[n] for n in columns))

    def _stand(self, wanted: Stems, held: Stems) -> bool:
        return self._share(wanted, held) == len(wanted)

    def _over_headings(self) -> Iterator[tuple[float, SeriesPlan]]:
        """Yield the one row that is asked for over columns of years."""
        columns = tuple(
            n
            for n in range(1, self.table.width)
            if _TIMED.search(self.table.columns[n].name) and self._is_drawn(n)
        )
        row = self._named_row(self.wanted, columns)
        if len(columns) >= LEAST_LINE and row is not None:
            share = self._share(self.wanted, self._labels[row])
            yield share, SeriesPlan("line", HEADING, columns, (row,))

    def _named_row(self, wanted: Stems, columns: Sequence[int]) -> int | None:
        """Return the row whose label says most of what is wanted and least besides."""
        around = self._around(columns)
        fits = [
            (self._share(wanted, own), -len(own), -n)
            for n, own in enumerate(self._labels)
            if self._share(wanted, own) and self._stand(wanted, own | around)
        ]
        return -max(fits)[2] if fits else None

    def _compared(self) -> Iterator[tuple[float, SeriesPlan]]:
        sides = [stems_of(side) for side in self._asked.sides]
        if not sides:
            yield from self._over_rows()
            return
        rows = [self._side_rows(side) for side in sides]
        if all(rows):
            yield from self._of_rows(tuple(sorted({row for some in rows for row in some})))
        else:
            yield from self._of_columns(sides)

    def _side_rows(self, side: Stems) -> list[int]:
        """Return the row that a side names best; several that it names as well are none."""
        shares = [len(side & own) for own in self._labels]
        best = [n for n, share in enumerate(shares) if share and share == max(shares)]
        return best if len(best) == 1 else []

    def _of_rows(self, rows: tuple[int, ...]) -> Iterator[tuple[float, SeriesPlan]]:
        score, columns = self._columns(self._left(rows))
        if columns and len(rows) > 1:
            yield score, SeriesPlan("bars", 0, columns, rows)

    def _of_columns(self, sides: Sequence[Stems]) -> Iterator[tuple[float, SeriesPlan]]:
        """Yield the columns that the sides name, each another, over all rows."""
        best = [self._side_column(side) for side in sides]
        columns = tuple(n for n in best if n is not None)
        rows = self._rows_of(timed=False)
        around = self._around(columns)
        if len(set(columns)) == len(sides) and rows and self._stand(self.wanted, around):
            yield 1.0, SeriesPlan("line" if self._is_timed() else "bars", 0, columns, rows)

    def _side_column(self, side: Stems) -> int | None:
        """Return the column of numbers that a side names best; None where none is named."""
        shares = {n: len(side & self._names[n]) for n in range(1, self.table.width)}
        best = max(shares, key=shares.__getitem__, default=0)
        return best if best and shares[best] and self._is_drawn(best) else None


def _unit(name: str) -> str:
    found = _UNIT.search(name)
    return found[1] if found else ""


def _column_stems(name: str) -> Stems:
    long = " ".join(_LONG_UNITS.get(word, "") for word in name.split())
    return stems_of(f"{told_column(name)} {long}")
