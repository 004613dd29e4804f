"""The row of a table with the largest or smallest value, of all chunks of the table.

Knows tables and words; knows no model.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.quantities import size_of
from rag.answer.computed.rows_asked import named_rows
from rag.answer.computed.table_rows import (
    LEAST_ROWS,
    FoundRow,
    JoinedTable,
    is_of_amounts,
    is_whole,
    tables_of,
)
from rag.answer.question.asked import alias, stems_of
from rag.answer.question.qualities import quality, told_column
from rag.answer.question.question import Question
from rag.datamodel import Context
from rag.text import MONTH, STOP_WORDS, YEAR, stem, words

_LARGEST: Final = (
    "highest largest most biggest greatest maximum max longest tallest heaviest deepest"
)
_SMALLEST: Final = "lowest smallest least fewest minimum min shortest lightest cheapest"
_QUALITIES: Final = {
    "longest": "length",
    "shortest": "length",
    "tallest": "height",
    "heaviest": "weight",
    "lightest": "weight",
    "deepest": "depth",
    "cheapest": "price",
}
"""What is compared, where nothing else is named: "Which model is the heaviest?"."""

MOST_TIED: Final = 6
_PLACES: Final = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_SUPERLATIVE: Final = re.compile(
    rf"(?<!\bat )\b(?:(?P<place>{'|'.join(_PLACES)})[ -])?"
    rf"(?:(?P<up>{_LARGEST.replace(' ', '|')})|(?P<down>{_SMALLEST.replace(' ', '|')}))\b"
    r"(?P<rest>[^,?;]*)",
    re.IGNORECASE,
)
_BY: Final = re.compile(
    r"^\s*(?:[\w-]+\s+){1,3}?by\s+(?:the\s+)?(?P<measure>[a-z][\w -]*)$", re.IGNORECASE
)
"""The measure behind what is measured: "the biggest province by population"."""

_NOT_AMOUNTS: Final = re.compile(
    r"^\s*(?:recent|likely|common|important|of\b|like\b)", re.IGNORECASE
)
_UNITS: Final = {
    "year": re.compile(rf"(?<!\d){YEAR}(?!\d)|\d\d/\d\d|\bFY\d\d"),
    "month": re.compile(rf"\b{MONTH}\b|\b\d{{4}}-\d\d\b", re.IGNORECASE),
    "day": re.compile(
        rf"\d\s*{MONTH}\b|\b{MONTH}\.?\s*\d{{1,2}}\b|\d[-/.]\d"
        r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|^\d+$",
        re.IGNORECASE,
    ),
}
"""How a label is written that answers "which year", "which month", "which day"."""

_MEASURING: Final = frozenset(
    map(stem, f"{_LARGEST} {_SMALLEST} second third fourth size number amount value".split())
)
_TOTALS: Final = frozenset(map(stem, "total totals sum all overall average mean worldwide".split()))


_USUAL: Final = frozenset(map(stem, "mean average total".split()))
"""Of several columns of one measure that of its mean or total is meant: the coldest month."""


_DERIVED: Final = frozenset(map(stem, "change difference growth share deviation".split()))
"""A column of these is meant only where it is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """What was found: the rows, the columns of their label and value, out of how many rows.

    There are several where their values are the same. `is_of_noun` tells that the column of labels
    is called what is asked for. `chunks` are the ids of the table's chunks.
    """

    tied: tuple[FoundRow, ...]
    names: tuple[str, ...]
    label: int
    value: int
    rows: int
    largest: bool
    place: int
    chunks: frozenset[str]
    is_of_noun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which row is wanted: the largest or smallest, in which place, of what.

    `head` are the stems that directly follow the superlative ("highest tax rate of ..."), `of`
    those of the whole phrase, `noun` the stems of what rows are called.
    """

    largest: bool
    place: int
    head: frozenset[str]
    of: frozenset[str]
    noun: frozenset[str] = frozenset()


def wish(asked: Question) -> Wish | None:
    """Return which row a question wants; None if it names no superlative of an amount."""
    return asked.once(wish, lambda: _wish(asked)) if asked.rules.on("extremes") else None


def _wish(asked: Question) -> Wish | None:
    found = _SUPERLATIVE.search(asked.core)
    if found is None or _NOT_AMOUNTS.match(found["rest"]) or _degree(found):
        return _wish_of_quality(asked)
    said = found["up"] or found["down"]
    if said[0].isupper() and stem(said.lower()) in asked.names:
        return None
    measured_by = _BY.search(found["rest"])
    following = words(measured_by["measure"] if measured_by else found["rest"])
    head = list(itertools.takewhile(lambda word: word not in STOP_WORDS, following))
    told = [] if head else _measure_of(said.lower(), asked.core[: found.start()])
    named = [word for word in following if word not in STOP_WORDS]
    return Wish(
        head=frozenset(alias(stem(word)) for word in head or told),
        largest=found["up"] is not None,
        place=_PLACES.get((found["place"] or "").lower(), 1),
        of=frozenset(alias(stem(word)) for word in (*named, *told)),
    )


def _degree(found: re.Match[str]) -> bool:
    """Tell whether it is the degree of an adjective that measures: "the most crowded"."""
    return found["place"] is None and quality(found.group()) is not None


def _measure_of(superlative: str, before: str) -> list[str]:
    """Return what is compared where nothing follows to name it: `deepest` depth, `costs the most`.

    In the latter it is the last word before.
    """
    measure = _QUALITIES.get(superlative)
    if measure is not None:
        return [measure]
    verb = [word for word in words(before) if word not in STOP_WORDS][-1:]
    return verb if superlative in {"most", "least"} else []


def _wish_of_quality(asked: Question) -> Wish | None:
    """Return the wish for the most of what an adjective measures: the sunniest, the coldest."""
    found = asked.quality
    if found is None:
        return None
    following = itertools.takewhile(lambda word: word not in STOP_WORDS, words(found.following))
    noun = asked.noun | set(map(stem, following))
    measured = frozenset({*map(stem, words(found.attribute)), *(noun - asked.noun - _UNITS.keys())})
    return Wish(largest=found.most, place=1, head=measured, of=measured, noun=noun)


def has_column_for(asked: Question, table: JoinedTable) -> bool:
    """Tell whether a largest or smallest is asked for, of what a column of the table holds."""
    wanted = wish(asked)
    if wanted is None:
        return False
    return any(_fit(name, asked, wanted) > 0 for name in table.names)


def extreme(asked: Question, context: Context) -> Extreme | None:
    """Return the wanted rows of the table that fits best; none of a table that is not whole."""
    wanted = wish(asked)
    if wanted is None:
        return None
    found = [
        one
        for table in tables_of(context.hits)
        if is_whole(table, context) and (one := _extreme(asked, wanted, table))
    ]
    found.sort(key=lambda one: (-one[0], not one[1].is_of_noun))
    return found[0][1] if found else None


def _extreme(asked: Question, wanted: Wish, table: JoinedTable) -> tuple[float, Extreme] | None:
    found = _column(asked, wanted, table)
    if found is None:
        return None
    fit, value = found
    named = named_rows(asked, table)
    among = named if len(named) >= LEAST_ROWS else table.rows
    rows = [row for row in among if not _is_total(row, asked)]
    tied = _outstanding(wanted, rows, value)
    if not tied:
        return None
    label = _label_column(asked, table, value)
    if not _is_about(asked, wanted, table, label):
        return None
    if not _names_time(asked, [row.cells[label] for row in tied]):
        return None
    return fit, Extreme(
        tied=tied,
        names=table.names,
        label=label,
        is_of_noun=bool((asked.noun | wanted.noun) & stems_of(table.names[label])),
        value=value,
        rows=len(rows),
        largest=wanted.largest,
        place=wanted.place,
        chunks=frozenset(row.hit.chunk.id for row in table.rows),
    )


def _column(asked: Question, wanted: Wish, table: JoinedTable) -> tuple[float, int] | None:
    """Return the column of what is to be largest and how well it fits; None if there is none."""
    columns = [n for n in range(len(table.names)) if is_of_amounts(table, n)]
    fit, negated = max(
        ((_fit(table.names[n], asked, wanted), -n) for n in columns), default=(0.0, 0)
    )
    return (fit, -negated) if fit > 0 else None


def _outstanding(wanted: Wish, rows: Sequence[FoundRow], value: int) -> tuple[FoundRow, ...]:
    """Return the row in the wanted place, with those of the same value; none of too few rows."""
    valued = [(s, row) for row in rows if (s := size_of(row.cells[value])) is not None]
    if len(valued) < max(LEAST_ROWS, wanted.place):
        return ()
    valued.sort(key=lambda one: -one[0] if wanted.largest else one[0])
    if len(valued) <= wanted.place:
        return ()
    size = valued[wanted.place - 1][0]
    tied = tuple(row for other, row in valued if other == size)
    return tied if len(tied) <= (MOST_TIED if wanted.place == 1 else 1) else ()


def _is_total(row: FoundRow, asked: Question) -> bool:
    return bool(stems_of(row.cells[0]) & _TOTALS - asked.stems)


def _fit(name: str, asked: Question, wanted: Wish) -> float:
    """Return how well a column fits what is to be largest: its words after the superlative."""
    stems = stems_of(told_column(name))
    if not stems & wanted.head:
        return 0.0
    common = len(stems & wanted.of)
    usual = 0.05 * bool(stems & _USUAL) - bool(stems & _DERIVED - wanted.of)
    return common / len(wanted.of | stems) + common + 0.1 * len(stems & asked.stems) + usual


def _is_about(asked: Question, wanted: Wish, table: JoinedTable, label: int) -> bool:
    """Tell whether the table speaks of anything that the question names besides the measure.

    A "smallest size of a flat" is none of the sizes of samples.
    """
    said = frozenset(stem(word) for word in words(asked.core) if word.endswith("est"))
    rest = asked.stems - wanted.of - said - _MEASURING - _UNITS.keys()
    if not rest:
        return True
    chunk = table.rows[0].hit.chunk
    own = " ".join((chunk.context, chunk.text[: table.rows[0].start], *table.column(label)))
    return bool(rest & stems_of(f"{own} {chunk.source}"))


def _names_time(asked: Question, labels: Sequence[str]) -> bool:
    """Tell whether labels are of the unit of time that is asked for, if one is."""
    units = [pattern for unit, pattern in _UNITS.items() if unit in asked.noun]
    return all(pattern.search(label) for pattern in units for label in labels)


def _label_column(asked: Question, table: JoinedTable, value: int) -> int:
    """Return the column that the question's noun names, else the first that is not the value's."""
    columns = [n for n in range(len(table.names)) if n != value]
    return max(columns, key=lambda n: (len(stems_of(table.names[n]) & asked.noun), -n))
