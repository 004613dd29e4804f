"""Whether the facts of a written sentence stand where the rest of it does.

A small model takes the number of the row above, last year's column, or a name of another sentence:
each stands in its source, and the sentence is wrong. So a fact must stand in a row or sentence that
shares about as much with what is said and asked as the one that shares most; in a row, under the
column that is named. Words that few rows or sentences have count most (inverse document frequency,
Spärck Jones 1972). Knows text; knows no model.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Hit
from rag.generation.verification.facts import (
    numbers_in,
    spelled_sizes,
    unfound_numbers,
    unheld_facts,
    without_codes,
)
from rag.generation.verification.names import unheld_names
from rag.generation.verification.support import stems_of
from rag.languages import language_of
from rag.months import month_pattern
from rag.retrieval.evidence.evidence import candidates, readable
from rag.table_text import cells_of, column_names

MIN_SHARE: Final = 0.7
"""A fact stands in place from this share of the best row's or sentence's weight on; see
benchmarks/LOG.md."""

MIN_WORDS: Final = 2
"""A line that shares one word with what is said and asked tells nothing of another."""

MIN_LISTED: Final = 3
"""So many names may be the items of a list, each in a line of its own."""

BEFORE: Final = 0.5
"""How much the words of the sentence before count: its subject may be a pronoun's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row or sentence as it is read, its columns, the sentence before."""

    text: str
    stems: frozenset[str]
    before: frozenset[str] = frozenset()
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misaligned:
    """A number, month or name that stands with other things than a sentence says.

    `lines` are the row or sentence that tells most of what is said, and that which holds the fact.
    """

    fact: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=256)  # a draft comes again with each sentence that it grows by
def misaligned(text: str, question: str, hits: tuple[Hit, ...]) -> list[Misaligned]:
    """Return the facts of a sentence that stand with other things than it says.

    What stands in no line (a sum), or in the question, is not looked at.
    """
    lines = [line for hit in hits for line in lines_of(hit)]
    frequency = Counter(stem for line in lines for stem in line.stems)
    asked = stems_of(question)
    named = asked | stems_of(text) | {f"{size:g}" for size in spelled_sizes(question)}
    found: list[Misaligned] = []
    for fact, said, holding in _facts(text, question, lines):
        if not holding:
            continue
        weights = {
            stem: math.log((len(lines) + 1) / frequency[stem])
            for stem in (stems_of(said) | asked) - stems_of(fact)
            if frequency[stem]
        }
        ranked = sorted(lines, key=lambda line: -_weight(line, weights))
        if len(weights.keys() & (ranked[0].stems | ranked[0].before)) < MIN_WORDS:
            continue
        least = MIN_SHARE * _weight(ranked[0], weights)
        there = [line for line in holding if _weight(line, weights) >= least]
        if all(_is_other_column(fact, line, named) for line in there):
            own = next(line for line in ranked if line in holding)
            found.append(Misaligned(fact=fact, lines=tuple(dict.fromkeys((ranked[0], own)))))
    return found


def _facts(
    text: str, question: str, lines: Sequence[Line]
) -> Iterator[tuple[str, str, list[Line]]]:
    """Yield what the question does not say: a number, month or name, what is said of it, its lines.

    Of a fact is said what leads to it, from the one of its kind before it. What is part of a code
    (V001-540835) is looked up with it.
    """
    numbers = [written for written, *_ in numbers_in(without_codes(text))]
    months = re.findall(rf"\b{month_pattern(language_of(text))}\b", text)
    for fact, said in (*_apart(text, numbers), *_apart(text, months)):
        if unheld_facts(fact, question):
            yield fact, said, [line for line in lines if not unheld_facts(fact, line.text)]
    names = [name for name in unheld_names(text, "", known=question) if not _is_call(name, text)]
    places = [[n for n, line in enumerate(lines) if stems_of(name) <= line.stems] for name in names]
    if not _are_listed(places):
        for (name, said), own in zip(_apart(text, names), places, strict=True):
            yield name, said, [lines[n] for n in own]


def _is_call(name: str, text: str) -> bool:
    """Tell whether a name is that of a function: Question()."""
    return text.partition(name)[2].lstrip().startswith("()")


def _apart(text: str, facts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each fact with what leads to it from the one before; with all where nothing does.

    Where only numbers and signs lie between two, as in a date or a list, the same leads to both.
    """
    start = 0
    gaps: list[str] = []
    for fact in facts:
        at = text.index(fact, start)
        gaps.append(text[start:at])
        start = at + len(fact)
    own = ""
    for fact, (before, after) in zip(facts, pairwise([*gaps, text[start:]]), strict=True):
        if _tells(before) or not own:
            own = before if stems_of(before) else f"{before} {after}"
        yield fact, own if stems_of(own) else text


def _are_listed(places: Sequence[Sequence[int]]) -> bool:
    """Tell whether names stand in lines that follow each other, as the items of one list."""
    if len(places) < MIN_LISTED:
        return False
    ways = {*places[0]}
    for own in places[1:]:
        ways = {n for n in own if {n - 1, n} & ways}
    return bool(ways)


def _tells(text: str) -> bool:
    return any(not stem.isdigit() for stem in stems_of(text))


def _weight(line: Line, weights: dict[str, float]) -> float:
    own = math.fsum(weight for stem, weight in weights.items() if stem in line.stems)
    extra = math.fsum(
        weight for stem, weight in weights.items() if stem in line.before - line.stems
    )
    return own + BEFORE * extra


def _is_other_column(fact: str, line: Line, asked: set[str]) -> bool:
    """Tell whether another column of the row is named better than those that hold a number."""
    named = [(len(stems_of(name) & asked), cell) for name, cell in line.columns]
    own = [count for count, cell in named if not unfound_numbers(fact, cell)]
    others = [count for count, cell in named if numbers_in(cell) and unfound_numbers(fact, cell)]
    return bool(numbers_in(fact) and own and others) and max(others) > max(own)


@lru_cache(maxsize=32)
def lines_of(hit: Hit) -> tuple[Line, ...]:
    names = column_names(hit.chunk)
    lines: list[Line] = []
    for evidence in candidates(hit):
        is_row = bool(names) and CELL_SEPARATOR in evidence.text
        text = readable(evidence)
        line = Line(
            text=text,
            stems=frozenset(stems_of(text)),
            before=lines[-1].stems if lines and not is_row else frozenset(),
            columns=tuple(zip(names, cells_of(evidence.text), strict=False)) if is_row else (),
        )
        lines.append(line)
    return tuple(lines)
