"""What of a table a question names: values, bounds and columns, each a bit mask of its words."""

from __future__ import annotations

import functools
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rag.number_forms import SCALES
from rag.table_qa.planner.table import Condition, Table, Test, TypedColumn
from rag.text import STOP_WORDS, stem, words_of_cells

_NUMBER_WORDS: Final[dict[str, float]] = {
    word: number
    for number, words in enumerate(
        "no any zero none|one first once|two second twice|three third|four fourth|five fifth"
        "|six sixth|seven seventh|eight eighth|nine ninth|ten tenth".split("|")
    )
    for word in words.split()
}
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)(?:st|nd|rd|th)?")
COMPARING: Final = frozenset(
    "more less fewer greater larger higher lower smaller over under above below exceed exceeded"
    " exceeds least most after before since until later earlier prior between from to or older"
    " younger longer shorter beyond past reached minimum maximum than up through following".split()
)
"""Words near a number that may make a bound of it."""

MAX_VALUES: Final = 10
MAX_FUZZY: Final = 3
MAX_BOUNDS: Final = 24
MIN_FUZZY: Final = 0.5
LONGEST: Final = 9
_SMALL: Final = 32


@dataclass(frozen=True, eq=False)
class Asked:
    """A question's words and their stems; `content` masks those that say something."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(words_of_cells(self.text))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return tuple(map(stem, self.words))

    @cached_property
    def content(self) -> int:
        return sum(1 << n for n, word in enumerate(self.words) if word not in STOP_WORDS)

    @cached_property
    def numbers(self) -> tuple[tuple[int, float], ...]:
        """The places and values of its numbers, in digits or words."""
        found = []
        for place, (word, following) in enumerate(
            zip(self.words, (*self.words[1:], ""), strict=True)
        ):
            digits = _NUMBER.fullmatch(word)
            number = float(digits[1]) if digits else _NUMBER_WORDS.get(word)
            if number is not None:
                found.append((place, number * SCALES.get(following.removesuffix("s"), 1.0)))
        return tuple(found)

    @cached_property
    def compares(self) -> bool:
        return not COMPARING.isdisjoint(self.words)


@dataclass(frozen=True, slots=True)
class Mention:
    """A condition that words of a question name: `mask` tells which, `score` how surely."""

    condition: Condition
    mask: int
    score: float
    kind: str


@dataclass(frozen=True, slots=True)
class Heading:
    """How a column's name stands in a question."""

    share: float
    mask: int
    places: tuple[int, ...] = field(default=())


def headings(asked: Asked, table: Table) -> tuple[Heading, ...]:
    """Return, for each column, how much of its name the question has and where."""
    stems = [_stems(column.name) for column in table.columns]
    common = Counter(one for own in stems for one in own)
    return tuple(_heading(asked, own, common, table.width) for own in stems)


def _stems(name: str) -> frozenset[str]:
    own = frozenset(stem(word) for word in words_of_cells(name) if word not in STOP_WORDS)
    return own or frozenset(map(stem, words_of_cells(name)))


def _heading(asked: Asked, own: frozenset[str], common: Counter[str], width: int) -> Heading:
    places = tuple(place for place, one in enumerate(asked.stems) if one in own)
    found = {asked.stems[place] for place in places}
    weight = {one: 1 / common[one] if width > 1 else 1.0 for one in own}
    share = sum(weight[one] for one in found) / (sum(weight.values()) or 1)
    return Heading(share=share, mask=sum(1 << place for place in places), places=places)


def values_named(asked: Asked, table: Table) -> list[Mention]:
    """Return what cells the question names, surest first, at most `MAX_VALUES`."""
    found: dict[tuple[Condition, int], Mention] = {}
    for number, column in enumerate(table.columns):
        for mention in _of_column(asked, number, column):
            found.setdefault((mention.condition, mention.mask), mention)
    kept = sorted(found.values(), key=lambda one: -one.score)
    return kept[:MAX_VALUES]


def _of_column(asked: Asked, number: int, column: TypedColumn) -> Iterator[Mention]:
    keys = {value.key for value in column.values if value.key}
    runs = {run for key in keys for run in _runs(asked.words, key)}
    longest = [
        run for run in runs if not any(o[0] <= run[0] and run[1] <= o[1] and o != run for o in runs)
    ]
    named = 0
    for first, last in longest:
        yield from _exact(asked, number, keys, (first, last))
        named |= (1 << last) - (1 << first)
    yield from _as_number(asked, number, column, named)
    if column.kind == "text":
        yield from _fuzzy(asked, number, keys)


def _runs(asked: Sequence[str], key: str) -> Iterator[tuple[int, int]]:
    """Yield the longest ranges of the question's words that stand in a cell, worth a look."""
    own = key.split()
    known = set(own)
    place = 0
    while place < len(asked):
        if asked[place] not in known:
            place += 1
            continue
        end = place + 1
        while end < len(asked) and end - place < LONGEST:
            if f" {' '.join(asked[place : end + 1])} " not in f" {key} ":
                break
            end += 1
        if _is_telling(asked[place:end], own):
            yield place, end
        place += 1


def _is_telling(run: Sequence[str], own: Sequence[str]) -> bool:
    """Tell whether a run names something: the whole cell, or a word that is no stop word."""
    if len(run) == len(own):
        return any(word not in STOP_WORDS or word == "may" for word in run)
    content = [word for word in run if word not in STOP_WORDS]
    return any(not (word.isdigit() and int(word) < _SMALL) for word in content)


def _exact(asked: Asked, number: int, keys: set[str], place: tuple[int, int]) -> Iterator[Mention]:
    mask, phrase = (1 << place[1]) - (1 << place[0]), " ".join(asked.words[slice(*place)])
    score = place[1] - place[0] + (0.5 if asked.content & mask else 0)
    whole = phrase in keys
    if whole:
        yield Mention(Condition(number, "is", phrase), mask, score + 1, "is")
    holding = sum(f" {phrase} " in f" {key} " for key in keys)
    if holding > whole:
        yield Mention(Condition(number, "has", phrase), mask, score - (0.5 if whole else 0), "has")


def _as_number(asked: Asked, number: int, column: TypedColumn, named: int) -> Iterator[Mention]:
    """Yield cells that are a number which the question writes in another way: "third" for 3."""
    is_of_places = any(value.key in {"1st", "2nd", "3rd"} for value in column.values)
    if column.kind not in {"number", "share"} and not is_of_places:
        return
    keys = {value.number: value.key for value in column.values if len(value.key) <= _SMALL}
    for place, wanted in asked.numbers:
        key = keys.get(wanted)
        if key is not None and not named >> place & 1:
            yield Mention(Condition(number, "is", key), 1 << place, 0.8, "number")


def _fuzzy(asked: Asked, number: int, keys: set[str]) -> Iterator[Mention]:
    """Yield cells of which the question has many words, or other forms of them."""
    known = set(asked.stems)
    ranked = []
    for key in keys:
        own = {stem(word) for word in key.split() if word not in STOP_WORDS}
        share = len(own & known) / len(own) if own else 0.0
        if share >= MIN_FUZZY:
            ranked.append((share * (1 + 0.1 * len(own)), key, own))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    for score, key, own in ranked[:MAX_FUZZY]:
        mask = sum(1 << n for n, one in enumerate(asked.stems) if one in own)
        yield Mention(Condition(number, "is", key), mask, score + 0.3 * mask.bit_count(), "fuzzy")


def bounds(asked: Asked, table: Table, among: Sequence[Heading]) -> list[Mention]:
    """Return the bounds that the question's numbers may set to ordered columns."""
    if not asked.compares:
        return []
    found: list[Mention] = []
    for place, number in asked.numbers:
        for column in _bounded(number, table):
            score = 0.5 + among[column].share
            found.extend(
                Mention(Condition(column, test, number=number), 1 << place, score, "bound")
                for test in _TESTS
            )
    found.sort(key=lambda one: -one.score)
    return found[:MAX_BOUNDS]


_TESTS: Final[tuple[Test, ...]] = ("<", "<=", ">", ">=")


def _bounded(number: float, table: Table) -> Iterator[int]:
    for n, column in enumerate(table.columns):
        sizes = [size for size in column.numbers if size is not None]
        if column.is_ordered and sizes and min(sizes) <= number <= max(sizes) + 1:
            yield n


def merged(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the unions of values of one column that are named apart: "Rome or Paris"."""
    by_column: dict[int, list[Mention]] = defaultdict(list)
    for one in mentions:
        if one.condition.test == "is":
            by_column[one.condition.column].append(one)
    found = []
    for column, group in by_column.items():
        apart: list[Mention] = []
        for one in group:
            if not any(one.mask & other.mask for other in apart):
                apart.append(one)
        if len(apart) > 1:
            condition = Condition(column, "in", values=tuple(one.condition.value for one in apart))
            mask = union(one.mask for one in apart)
            found.append(Mention(condition, mask, sum(one.score for one in apart), "in"))
    return found


def union(masks: Iterable[int]) -> int:
    return functools.reduce(operator.or_, masks, 0)
