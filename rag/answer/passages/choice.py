"""Which units an answer shows: up to so many words from one to three places, the likeliest first.

A place is one hit, or hits that go on with each other, of which runs of units are shown. A run is
chosen for how much it is likely to tell for its words and for the break that it makes; what room is
left goes to what stands around the runs. Knows weighed units, and how their words end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.passages.units import Unit

MOST_WORDS: Final = 120
MOST_PLACES: Final = 3
MOST_UNITS: Final = 6
"""A run is chosen by so many units at most; room that is left may make it longer."""

BREAK_WORDS: Final = 15
"""What a new beginning costs a reader, in words. Runs that are chosen by all that they tell, as if
words cost nothing, fill the room with long ones (see benchmarks/LOG.md)."""

LEAD: Final = 0.3
"""How much of the logarithm of its hit's chance, by which hits are ranked, the place that leads the
answer gains. From 0.3 to 1 the same places lead (see benchmarks/LOG.md)."""

LEAST_RUN: Final = 0.05
"""A further run holds a unit that is at least this share as likely as the likeliest shown."""


LEAST_SAID: Final = 8
"""Fewer words than these that end in no full stop, a heading or the mark of an axis, are no place
of their own; points and rows are."""

_ENDS: Final = tuple('.!?”"')
"""How a sentence ends that does not go on in the next chunk."""

_OPEN: Final = tuple(":,-")
"""How a text ends that goes on, with whatever letter: a name that is parted over two pages."""

LEAST_REPEATED: Final = 4
"""Fewer words than these may stand twice: a label, a date."""


@dataclass(frozen=True, slots=True)
class _UnitRun:
    """Units `first` to `last`, the last not included, of the hit with this number."""

    hit: int
    first: int
    last: int


def choose(units: Sequence[Unit], *, most_words: int = MOST_WORDS) -> list[list[Unit]]:
    """Return the chosen places, the likeliest first, each in the document's order.

    The first place holds something where there is a unit at all, whatever its length.
    """
    return _Choice(units, most_words).places()


def worth(place: Sequence[Unit]) -> float:
    """Return what the units of a place together are likely to tell."""
    return sum(unit.chance for unit in place)


class _Choice:
    """Places in the making, and the words that there is room for."""

    def __init__(self, units: Sequence[Unit], most_words: int) -> None:
        self._hits = _stretches(by_hit(_each_once(units)))
        self._room = most_words
        self._chosen: list[_UnitRun] = []

    def places(self) -> list[list[Unit]]:
        while self._add():
            pass
        if not self._chosen and self._hits:
            self._take(max(self._singles(), key=self._rank))
        while self._widen():
            pass
        return [self._place(hit) for hit in self._shown()]

    def _shown(self) -> list[int]:
        """Return the hits that something is shown of, the likeliest first."""
        return list(dict.fromkeys(run.hit for run in self._chosen))

    def _place(self, hit: int) -> list[Unit]:
        """Return what is shown of a hit, in the document's order."""
        runs = sorted((run.first, run) for run in self._chosen if run.hit == hit)
        return [unit for _, run in runs for unit in self._units(run)]

    def _add(self) -> bool:
        """Take the best run that fits; tell whether there was one that is worth it."""
        rank = self._rank if self._chosen else self._rank_first
        best = max(self._open_runs(), key=rank, default=None)
        if best is None or self._likeliest(best) < self._least():
            return False
        self._take(best)
        return True

    def _open_runs(self) -> Iterator[_UnitRun]:
        """Yield the runs that fit, of the hits that are shown alone where these are enough."""
        shown = self._shown()
        is_full = len(shown) == MOST_PLACES
        return (run for run in self._runs() if not is_full or run.hit in shown)

    def _take(self, run: _UnitRun) -> None:
        self._chosen.append(run)
        self._room -= self._words(run)

    def _least(self) -> float:
        """Return how likely the likeliest unit of a further run must be."""
        if not self._chosen:
            return 0.0
        return LEAST_RUN * max(map(self._likeliest, self._chosen))

    def _likeliest(self, run: _UnitRun) -> float:
        return max(unit.chance for unit in self._units(run))

    def _runs(self) -> Iterator[_UnitRun]:
        """Yield the runs that fit into the room and hold nothing that is chosen."""
        for single in self._singles():
            run = single
            while self._words(run) <= self._room and not self._is_taken(run):
                if _says_something(self._units(run)):
                    yield run
                longer = _UnitRun(run.hit, run.first, run.last + 1)
                if longer.last > len(self._hits[run.hit]) or longer.last - run.first > MOST_UNITS:
                    break
                run = longer

    def _singles(self) -> Iterator[_UnitRun]:
        for hit, units in enumerate(self._hits):
            yield from (_UnitRun(hit, n, n + 1) for n in range(len(units)))

    def _widen(self) -> bool:
        """Add the likeliest unit beside a place that fits; tell whether there was one."""
        steps = [
            (self._units(unit)[0].chance, -n, wider)
            for n, place in enumerate(self._chosen)
            for unit, wider in _steps(place)
            if 0 <= unit.first < len(self._hits[unit.hit])
            and self._words(unit) <= self._room
            and not self._is_taken(unit)
        ]
        _, turn, wider = max(steps, key=lambda step: step[:2], default=(0.0, 0, None))
        if wider is None:
            return False
        self._room -= self._words(wider) - self._words(self._chosen[-turn])
        self._chosen[-turn] = wider
        return True

    def _is_taken(self, run: _UnitRun) -> bool:
        return any(
            place.hit == run.hit and place.first < run.last and run.first < place.last
            for place in self._chosen
        )

    def _units(self, run: _UnitRun) -> list[Unit]:
        return self._hits[run.hit][run.first : run.last]

    def _words(self, run: _UnitRun) -> int:
        return sum(unit.word_count for unit in self._units(run))

    def _worth(self, run: _UnitRun) -> float:
        return worth(self._units(run))

    def _gain(self, run: _UnitRun) -> float:
        """Return how much a run tells for what it costs a reader."""
        return self._worth(run) / (self._words(run) + BREAK_WORDS)

    def _rank_first(self, run: _UnitRun) -> tuple[float, tuple[float, int, int, int]]:
        """Return the rank of a run that is to lead: its hit's own chance counts too."""
        hit = self._hits[run.hit][0].evidence.hit
        return self._gain(run) * hit.score**LEAD, self._rank(run)

    def _rank(self, run: _UnitRun) -> tuple[float, int, int, int]:
        return self._gain(run), run.first - run.last, -run.hit, -run.first


def _says_something(units: Sequence[Unit]) -> bool:
    """Tell whether units are more than a heading."""
    told = sum(unit.word_count for unit in units)
    return told >= LEAST_SAID or any(u.is_line or u.shown[-1:] in ".!?" for u in units)


def _each_once(units: Sequence[Unit]) -> list[Unit]:
    """Leave out units whose very words came before in a hit before theirs."""
    seen: set[str] = set()
    kept = []
    for unit in units:
        told = unit.shown.casefold()
        if unit.word_count < LEAST_REPEATED or told not in seen:
            kept.append(unit)
        seen.add(told)
    return kept


def by_hit(units: Sequence[Unit]) -> list[list[Unit]]:
    """Return the units of each hit in the document's order."""
    grouped: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        grouped[unit.evidence.hit.chunk.id].append(unit)
    return [sorted(own, key=lambda unit: unit.evidence.start) for own in grouped.values()]


def _stretches(hits: Sequence[list[Unit]]) -> list[list[Unit]]:
    """Join the units of hits of which the one goes on with the other, in a document's order."""
    found: list[list[Unit]] = []
    for units in sorted(hits, key=lambda units: _place_of(units[0])):
        if found and _goes_on(found[-1][-1], units[0]):
            found[-1] += units
        else:
            found.append([*units])
    return sorted(found, key=lambda units: min(unit.evidence.hit.rank for unit in units))


def _goes_on(before: Unit, unit: Unit) -> bool:
    """Tell whether the next chunk begins with what a text leads to: its points, its sentence."""
    doc_id, ordinal = _place_of(before)
    if before.evidence.hit.chunk.role != "text" or _place_of(unit) != (doc_id, ordinal + 1):
        return False
    if before.is_line and unit.is_line and not unit.is_row:
        return True
    is_whole = before.shown[-1:] in _ENDS
    return before.shown[-1:] in _OPEN or (not is_whole and unit.shown[:1].islower())


def _place_of(unit: Unit) -> tuple[str, int]:
    chunk = unit.evidence.hit.chunk
    return chunk.doc_id, chunk.ordinal


def _steps(place: _UnitRun) -> tuple[tuple[_UnitRun, _UnitRun], tuple[_UnitRun, _UnitRun]]:
    """Return the unit after a place and the one before it, each with the place that holds it."""
    hit, first, last = place.hit, place.first, place.last
    return (
        (_UnitRun(hit, last, last + 1), _UnitRun(hit, first, last + 1)),
        (_UnitRun(hit, first - 1, first), _UnitRun(hit, first - 1, last)),
    )
