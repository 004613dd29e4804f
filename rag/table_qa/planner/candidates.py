"""The plans that a question may mean: every sensible one over what it names, to be ranked.

Grammar of plans as in Pasupat and Liang (ACL 2015), cut to what questions over tables ask (SQUALL,
Shi et al., 2020; TAT-QA, Zhu et al., 2021).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, permutations
from typing import Final

from rag.storage.tables.values import date_of
from rag.table_qa.planner.engine import PlanEngine
from rag.table_qa.planner.mentions import (
    Asked,
    Heading,
    Mention,
    bounds,
    merged,
    union,
    values_named,
)
from rag.table_qa.planner.table import (
    Condition,
    Near,
    Operation,
    Order,
    Reading,
    Rows,
    Table,
    TablePlan,
)

MAX_PLANS: Final = 1600
MAX_SETS: Final = 26
MAX_LISTED: Final = 12
"""More rows are no answer."""

MAX_NUMERIC: Final = 8
MAX_PAIRS: Final = 12
_SUPERLATIVE: Final = re.compile(
    r"\b\w+(?:est|er)\b|\bmost\b|\bleast\b|\bfirst\b|\blast\b|\bbest\b|\bworst\b|\btop\b|\bmore\b|\bless\b"
    r"|\bmax|\bmin|\bonly\b|\bfinal|\binitial|\bbottom\b|\bend\b|\bbegin|\bstart|\bprior\b"
    r"|\bbefore\b|\bafter\b",
    re.IGNORECASE,
)
_NEAR: Final = re.compile(
    r"\bnext\b|\bprevious|\bafter\b|\bbefore\b|\bfollow|\bpreced|\bprior\b|\babove\b|\bbelow\b"
    r"|\bunder\b|\blater\b|\bearlier\b|\bsubsequent|\bpast\b|\bsucce|\blast\b|\bimmediately\b"
    r"|\bdirectly\b|\bahead\b|\bbehind\b",
    re.IGNORECASE,
)
_SAME: Final = re.compile(
    r"\bsame\b|\bother|\bshare|\balso\b|\bbesides\b|\bidentical", re.IGNORECASE
)
_CALCULATES: Final = re.compile(
    r"\bdifference\b|\bhow (?:many|much|long|far)\b|\bchange|\baverage\b|\bmean\b|\bratio\b|%"
    r"|\bpercent|\btotal\b|\bsum\b|\bincrease|\bdecrease|\bgrow|\bproportion\b|\bshare\b|\bcombined\b"
    r"|\bbetween\b|\bmore\b|\bless\b|\bdid\b|\bwas\b|\bis\b|\bdoes\b|\bby what\b",
    re.IGNORECASE,
)
_WHETHER: Final = re.compile(
    r"^\W*(?:did|do|does|is|are|was|were|has|have|had|can|will)\b", re.IGNORECASE
)
_PLACED: Final = re.compile(
    r"\b(?:second|2nd|third|3rd|fourth|4th|fifth)[ -](?:most|least|fewest|\w+est)\b", re.IGNORECASE
)
_PLACES: Final = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5}


@dataclass(frozen=True, slots=True)
class RowSet:
    """Rows that a question may mean; `mentions` are what of its words they rest on."""

    rows: Rows
    mentions: tuple[Mention, ...]

    @property
    def mask(self) -> int:
        return union(one.mask for one in self.mentions)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan, and the set of rows that each of its operands begins with."""

    plan: TablePlan
    base: RowSet
    other: RowSet | None = None


EVERY: Final = RowSet(Rows(), ())


class Candidates:
    """All plans for one question over one table."""

    def __init__(self, asked: Asked, engine: PlanEngine, among: Sequence[Heading]) -> None:
        self._asked = asked
        self._engine = engine
        self._table: Table = engine.table
        self._headings = among
        self._values = values_named(asked, self._table)
        self.sets = self._sets()
        self._ordered = [n for n, c in enumerate(self._table.columns) if c.is_ordered]
        self._numeric = self._best(self._ordered)

    def _best(self, columns: Sequence[int]) -> list[int]:
        ranked = sorted(columns, key=lambda n: -self._headings[n].share)
        return sorted(ranked[:MAX_NUMERIC])

    # Rows

    def _sets(self) -> list[RowSet]:
        """Return sets of rows that differ: all rows, then those that rest on most words."""
        limits = bounds(self._asked, self._table, self._headings)
        found = [*map(_set_of, self._values), *self._pairs([*self._values, *limits])]
        found += map(_set_of, (*merged(self._values), *limits, *self._filled()))
        kept: dict[tuple[tuple[int, ...], int], RowSet] = {}
        for one in sorted(found, key=lambda one: -(one.mask & self._asked.content).bit_count()):
            rows = self._engine.rows(one.rows)
            if rows and len(rows) < self._table.parts:
                kept.setdefault((rows, one.mask), one)
        return [EVERY, *list(kept.values())[:MAX_SETS]]

    def _filled(self) -> Iterator[Mention]:
        """Yield rows with and without a cell in the columns that the question names."""
        for number, column in enumerate(self._table.columns):
            mask = self._headings[number].mask
            filled = sum(value.kind != "empty" for value in column.values)
            if mask and 0 < filled < self._table.height:
                yield Mention(Condition(number, "not", ""), mask, 0.3, "filled")
                if any(not value.key for value in column.values):
                    yield Mention(Condition(number, "is", ""), mask, 0.2, "unfilled")

    def _pairs(self, mentions: Sequence[Mention]) -> Iterator[RowSet]:
        apart = (
            (one, other)
            for one, other in combinations(mentions, 2)
            if one.condition.column != other.condition.column and not one.mask & other.mask
        )
        for one, other in islice(apart, 4 * MAX_PAIRS):
            yield RowSet(Rows((one.condition, other.condition)), (one, other))

    def _of_size(self, least: int, most: int, among: Sequence[RowSet]) -> list[RowSet]:
        return [one for one in among if least <= len(self._engine.rows(one.rows)) <= most]

    # Plans

    def all(self) -> list[Candidate]:
        found: dict[TablePlan, Candidate] = {}
        for one in chain.from_iterable(self._families()):
            found.setdefault(one.plan, one)
            if len(found) >= MAX_PLANS:
                break
        return list(found.values())

    def _families(self) -> Iterator[Iterator[Candidate]]:
        text = self._asked.text
        yield self._lookups()
        yield self._counts()
        yield self._headings_of()
        if _CALCULATES.search(text):
            yield self._aggregates()
            yield self._of_rows()
            yield self._of_columns()
        yield self._common()
        if _NEAR.search(text):
            yield self._adjacent()
        if _SUPERLATIVE.search(text):
            yield self._extremes()
            yield self._headed()
        if _SAME.search(text):
            yield self._same()

    def _lookups(self) -> Iterator[Candidate]:
        for one in self._of_size(0, MAX_LISTED, self.sets):
            for column in range(self._table.width):
                yield from self._selected(one, one.rows, column)
            if len(self._engine.rows(one.rows)) == 1:
                for columns in self._named_columns():
                    yield Candidate(TablePlan("select", columns, one.rows), one)

    def _selected(self, base: RowSet, rows: Rows, column: int) -> Iterator[Candidate]:
        yield Candidate(TablePlan("select", (column,), rows), base)
        if base is EVERY and rows.order is None:
            return
        own = self._table.columns[column]
        if own.kind == "date" and any(len(text) > 4 for text in own.texts):  # noqa: PLR2004 - more than a year
            yield Candidate(TablePlan("select", (column,), rows, reading="year"), base)
        if own.is_of_ranges:
            yield Candidate(TablePlan("select", (column,), rows, reading="span"), base)
        if own.is_ordered and own.kind == "text":
            yield Candidate(TablePlan("select", (column,), rows, reading="number"), base)

    def _named_columns(self) -> list[tuple[int, ...]]:
        named = [n for n in self._numeric if self._headings[n].mask]
        by_place: dict[int, list[int]] = {}
        years = sum(1 << n for n, word in enumerate(self._asked.words) if word[:1].isdigit())
        for n in named:
            own = self._headings[n].mask & years
            for place in range(own.bit_length()):
                if own >> place & 1:
                    by_place.setdefault(place, []).append(n)
        dated = sorted({columns[0] for columns in by_place.values()})
        groups = [
            tuple(dated),
            self._addends(named),
            *combinations(named[:4], 2),
            self._addends(self._numeric),
        ]
        return list(dict.fromkeys(group for group in groups if len(group) > 1))

    def _addends(self, columns: Sequence[int]) -> tuple[int, ...]:
        """Return the columns without those that sum up others."""
        return tuple(n for n in columns if n not in self._table.total_columns)

    def _counts(self) -> Iterator[Candidate]:
        for one in self.sets:
            if not any(self._is_counted_in(mention.condition) for mention in one.mentions):
                yield Candidate(TablePlan("count", (), one.rows), one)
        for one in self.sets[:6]:
            for column in self._best(range(self._table.width)):
                if self._table.columns[column].distinct < 1:
                    yield Candidate(TablePlan("distinct", (column,), one.rows), one)
            if len(self._engine.rows(one.rows)) == 1:
                for column, own in enumerate(self._table.columns):
                    if own.kind == "text":
                        yield Candidate(TablePlan("items", (column,), one.rows), one)

    def _is_counted_in(self, condition: Condition) -> bool:
        """Tell whether cells say of how many: "24 people" is no row of people to count."""
        counted = re.compile(rf"\d\s+{re.escape(condition.value)}\b", re.IGNORECASE)
        texts = self._table.columns[condition.column].texts
        return condition.test == "has" and any(map(counted.search, texts))

    def _aggregates(self) -> Iterator[Candidate]:
        operations: tuple[Operation, ...] = ("sum", "mean", "min", "max", "range")
        for one in self.sets[:16]:
            is_several = len(self._engine.rows(one.rows)) > 1
            groups = [(n,) for n in self._numeric] if is_several else self._named_columns()
            for columns in groups:
                for operation in operations if is_several else operations[:2]:
                    yield Candidate(TablePlan(operation, columns, one.rows), one)

    def _of_rows(self) -> Iterator[Candidate]:
        for one, other in permutations(self._of_size(1, 1, self.sets)[:5], 2):
            is_one = one.mask & other.mask == one.mask | other.mask
            columns = {both.mentions[0].condition.column for both in (one, other)}
            for column in self._numeric if len(columns) == 1 and not is_one else ():
                yield from self._two(one, other, column)
        several = [one for one in self.sets[1:] if len(one.mentions) == 1][:7]
        for one, other in combinations(several, 2):
            if not one.mask & other.mask:
                plan = TablePlan("count difference", (0,), one.rows, other_rows=other.rows)
                yield Candidate(plan, one, other)

    def _two(self, one: RowSet, other: RowSet, column: int) -> Iterator[Candidate]:
        operations: list[Operation] = ["difference", "ratio", "share", "growth"]
        if one.mask < other.mask:
            operations.append("apart")
        if _WHETHER.match(self._asked.text):
            operations.append("whether")
        for operation in operations:
            plan = TablePlan(operation, (column,), one.rows, other_rows=other.rows)
            yield Candidate(plan, one, other)

    def _of_columns(self) -> Iterator[Candidate]:
        named = [n for n in self._numeric if self._headings[n].mask] or self._numeric[:4]
        if len(named) == 1:
            named = self._numeric[:5]
        operations: tuple[Operation, ...] = ("difference", "growth", "ratio", "share", "apart")
        for one in self._of_size(1, 1, self.sets)[:8]:
            for first, second in permutations(named[:6], 2):
                for operation in operations[: None if first < second else -1]:
                    plan = TablePlan(operation, (first,), one.rows, other_column=second)
                    yield Candidate(plan, one)

    def _common(self) -> Iterator[Candidate]:
        kinds: tuple[Operation, ...] = ("most common", "least common")
        for one in self.sets[:3]:
            if one is not EVERY and len(self._engine.rows(one.rows)) < 3:  # noqa: PLR2004 - nothing is common
                continue
            for column, own in enumerate(self._table.columns):
                for operation in kinds if own.distinct < 1 else ():
                    yield Candidate(TablePlan(operation, (column,), one.rows), one)

    def _adjacent(self) -> Iterator[Candidate]:
        steps: tuple[Near, ...] = ("next", "previous")
        reaches: tuple[Near, ...] = ("after", "before")
        for one in self.sets[1:9]:
            for near in steps:
                rows = Rows(one.rows.conditions, near=near)
                for column in range(self._table.width) if self._engine.rows(rows) else ():
                    yield Candidate(TablePlan("select", (column,), rows), one)
            for near in reaches:
                yield Candidate(TablePlan("count", (), Rows(one.rows.conditions, near=near)), one)

    def _orders(self) -> list[Order]:
        place = next((n for word, n in _PLACES.items() if word in self._asked.words), 1)
        orders = [Order(0, "place", largest) for largest in (True, False)]
        for column in self._ordered:
            readings: list[Reading] = ["number"]
            if self._table.columns[column].is_of_ranges:
                readings += ["second", "span"]
            orders += [
                Order(column, reading, largest) for reading in readings for largest in (True, False)
            ]
        if place > 1:
            later = [Order(o.column, o.reading, o.largest, place=place) for o in orders]
            return later if _PLACED.search(self._asked.text) else [*orders, *later]
        return orders

    def _extremes(self) -> Iterator[Candidate]:
        orders, width = self._orders(), self._table.width
        many = self._of_size(2, self._table.height, self.sets)
        for one in many[: 5 if width > MAX_NUMERIC else 8]:
            for order in orders:
                rows = Rows(one.rows.conditions, order)
                if 0 < len(self._engine.rows(rows)) <= 3:  # noqa: PLR2004 - more say nothing
                    for column in range(width):
                        yield from self._selected(one, rows, column)

    def _headed(self) -> Iterator[Candidate]:
        for one in self._of_size(1, 1, self.sets)[:8]:
            for columns in self._named_columns()[-3:]:
                for largest in (True, False):
                    yield Candidate(TablePlan("heading", columns, one.rows, largest=largest), one)

    def _headings_of(self) -> Iterator[Candidate]:
        columns = enumerate(self._table.columns)
        dated = tuple(n for n, column in columns if date_of(column.name) is not None)
        for one in self.sets[:3] if dated else ():
            yield Candidate(TablePlan("headings", dated, one.rows), one)

    def _same(self) -> Iterator[Candidate]:
        for one in self.sets[1:5]:
            for shared in range(self._table.width):
                rows = Rows(one.rows.conditions, near="same", near_column=shared)
                if 0 < len(self._engine.rows(rows)) <= 4:  # noqa: PLR2004 - more say nothing
                    for column in range(self._table.width):
                        if column != shared:
                            yield Candidate(TablePlan("select", (column,), rows), one)


def _set_of(mention: Mention) -> RowSet:
    return RowSet(Rows((mention.condition,)), (mention,))
