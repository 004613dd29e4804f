"""What speaks for a plan: its columns, rows and outcome against the question's words.

`traits` are what a plan is (it counts, it orders), weighed by the question's words; `measures` are
numbers. Knows no weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.storage.tables.values import date_of
from rag.table_qa.planner.candidates import Candidate, RowSet
from rag.table_qa.planner.engine import PlanEngine, PlanOutcome
from rag.table_qa.planner.mentions import Asked, Heading, union
from rag.table_qa.planner.table import TablePlan, TypedColumn
from rag.text import STOP_WORDS, YEAR, words_of_cells

Floats = NDArray[np.float32]
Likeness = Callable[[str, str], float]
"""How like two texts are in meaning: the cosine of their vectors."""

_ASKING: Final = frozenset("what which who whom whose when where how list name".split())
_SUPERLATIVE: Final = re.compile(
    r"\w{2,}est|most|least|first|last|top|best|worst|maximum|minimum|max|min"
)
_MORE: Final = frozenset(
    "more less fewer than over under above below after before least since".split()
)
_OF: Final = frozenset("of in by for with from total number many much average".split())
_KINDS: Final = ("number", "date", "share", "text", "empty")
_MENTIONS: Final = (
    "is", "has", "number", "fuzzy", "bound", "in", "not", "filled", "unfilled", "beyond",
    "meaning",
)  # fmt: skip
_FEW: Final = 3
_LABEL: Final = 30

TRAITS: Final = tuple(
    f"{group}:{name}"
    for group, names in {
        "does": "select count distinct sum mean min max range difference apart ratio share growth"
        " most-common least-common count-difference heading headings items whether",
        "order": "none largest smallest last first",
        "by": "number second span date place tally",
        "placed": "later",
        "near": "none next previous after before same",
        "test": "is has not < <= > >= in",
        "rests": "0 1 2",
        "reads": "text number year span",
        "column": "number date share text empty first place",
        "gives": "none one several number year date text",
        "two": "rows columns",
        "many": "columns",
    }.items()
    for name in names.split()
)
_NUMBERED: Final = {trait: n for n, trait in enumerate(TRAITS)}
MAX_TRAITS: Final = 16

COLUMN_SIGNS: Final = 30


@dataclass(frozen=True, eq=False)
class Signs:
    """Signs of n plans: traits (n, MAX_TRAITS), measures (n, MEASURES), columns (n, 3)."""

    traits: NDArray[np.int16]
    measures: Floats
    columns: NDArray[np.int16]


class SignsOf:
    """Signs of plans for one question over one table."""

    def __init__(
        self, asked: Asked, engine: PlanEngine, among: Sequence[Heading], likeness: Likeness
    ) -> None:
        self._asked = asked
        self._engine = engine
        self._table = engine.table
        self._headings = among
        self._said = f" {' '.join(asked.words)} "
        self._columns = self._of_columns(likeness)  # (columns + 1, COLUMN_SIGNS)
        self._sets: dict[int, list[float]] = {}
        self._known = union(heading.mask for heading in among) & asked.content

    def of(self, candidates: Sequence[Candidate], outcomes: Sequence[PlanOutcome]) -> Signs:
        count = len(candidates)
        traits = np.full((count, MAX_TRAITS), -1, dtype=np.int16)
        columns = np.full((count, 3), -1, dtype=np.int16)
        rest = np.zeros((count, _PLAN_SIGNS), dtype=np.float32)
        for n, (one, outcome) in enumerate(zip(candidates, outcomes, strict=True)):
            own = self._traits(one, outcome)
            traits[n, : len(own)] = own
            columns[n] = _columns_of(one)
            rest[n] = [
                *self._of_set(one.base),
                *(self._of_set(one.other)[:4] if one.other else (0.0,) * 4),
                *self._of_outcome(outcome),
                *self._unsaid(one),
                *self._of_plan(one),
            ]
        by_role = self._columns[columns].reshape(count, -1)  # -1 is the last row, of zeros
        return Signs(traits=traits, measures=np.hstack([by_role, rest]), columns=columns)

    # Columns

    def _of_columns(self, likeness: Likeness) -> Floats:
        made = [
            self._of_column(n, column, likeness) for n, column in enumerate(self._table.columns)
        ]
        found = np.zeros((len(made) + 1, COLUMN_SIGNS), dtype=np.float32)
        found[:-1, : len(made[0])] = made
        for sign in (_WHOLE_LIKENESS, _WORD_LIKENESS, 0):
            best = np.sort(found[:-1, sign])[::-1]
            place = COLUMN_SIGNS - 3 + (_WHOLE_LIKENESS, _WORD_LIKENESS, 0).index(sign)
            found[:-1, place] = found[:-1, sign] - best[0] + 0.2 * (found[:-1, sign] == best[0])
        return found

    def _of_column(self, number: int, column: TypedColumn, likeness: Likeness) -> list[float]:
        heading, asked = self._headings[number], self._asked
        name = column.levels[-1]
        near = [likeness(name, word) for word in asked.words if word not in STOP_WORDS]
        filled = [len(text) for text in column.texts if text]
        return [
            heading.share,
            float(bool(heading.mask)),
            float(heading.share > 0.99),  # noqa: PLR2004 - all of it
            min(_FEW, heading.mask.bit_count()) / _FEW,
            heading.places[0] / len(asked.words) if heading.places else 1.0,
            *self._cues(heading),
            likeness(name, asked.text),
            max(near, default=0.0),
            self._asked_thing(name, likeness),
            *(float(column.kind == kind) for kind in _KINDS),
            float(number == 0),
            float(_is_place(column)),
            column.distinct,
            float(column.is_ordered),
            float(column.is_of_ranges),
            math.log1p(sum(filled) / max(1, len(filled))) / 4,
            len(filled) / max(1, len(column.texts)),
            float(not name),
        ]

    def _cues(self, heading: Heading) -> list[float]:
        """Return how near before its name a word of each kind stands."""
        tests = (_ASKING.__contains__, _SUPERLATIVE.fullmatch, _MORE.__contains__, _OF.__contains__)
        asked = self._asked.words
        cues = [[n for n, word in enumerate(asked) if is_cue(word)] for is_cue in tests]
        return [
            max(
                (math.exp(-(p - n - 1) / 2) for n in own for p in heading.places if p > n),
                default=0.0,
            )
            for own in cues
        ]

    def _asked_thing(self, name: str, likeness: Likeness) -> float:
        """Return how like a name is the word that follows what asks: "which nation"."""
        asked = self._asked.words
        for place, word in enumerate(asked[:-1]):
            if word in _ASKING:
                following = [w for w in asked[place + 1 : place + 4] if w not in STOP_WORDS]
                return max((likeness(name, w) for w in following[:2]), default=0.0)
        return 0.0

    # Traits

    def _traits(self, one: Candidate, outcome: PlanOutcome) -> list[int]:
        plan, rows = one.plan, one.plan.rows
        names = [f"does:{plan.operation.replace(' ', '-')}", f"near:{rows.near or 'none'}"]
        names += [f"rests:{min(2, len(rows.conditions))}", f"reads:{plan.reading}"]
        names += {f"test:{condition.test}" for condition in rows.conditions}
        order = rows.order
        if order is None:
            names.append("order:none")
        elif order.reading == "place":
            names += ["order:last" if order.largest else "order:first", "by:place"]
        else:
            dated = self._table.columns[order.column].kind == "date"
            names += [
                f"order:{'largest' if order.largest else 'smallest'}",
                f"by:{'date' if dated and order.reading == 'number' else order.reading}",
            ]
        if order is not None and order.place > 1:
            names.append("placed:later")
        names += self._column_traits(plan)
        names += self._gives(outcome)
        return [_NUMBERED[trait] for trait in names[:MAX_TRAITS]]

    def _column_traits(self, plan: TablePlan) -> list[str]:
        names = []
        if plan.columns:
            column = self._table.columns[plan.columns[0]]
            names.append(f"column:{column.kind}")
            if plan.columns[0] == 0:
                names.append("column:first")
            if _is_place(column):
                names.append("column:place")
        if plan.other_rows is not None:
            names.append("two:rows")
        if plan.other_column is not None:
            names.append("two:columns")
        if len(plan.columns) > 1:
            names.append("many:columns")
        if plan.operation == "heading":
            names.append(f"order:{'largest' if plan.largest else 'smallest'}")
        return names

    def _gives(self, outcome: PlanOutcome) -> list[str]:
        if not outcome.texts:
            return ["gives:none"]
        names = ["gives:several" if len(outcome.texts) > 1 else "gives:one"]
        text = outcome.texts[0]
        if _YEAR_ONLY.fullmatch(text):
            return [*names, "gives:year"]
        if outcome.numbers or _NUMBER_ONLY.fullmatch(text):
            return [*names, "gives:number"]
        return [
            *names,
            "gives:date" if date_of(text) is not None and len(text) < _LABEL else "gives:text",
        ]

    # Measures

    def _of_set(self, base: RowSet) -> list[float]:
        if id(base) not in self._sets:
            self._sets[id(base)] = self._set_signs(base)
        return self._sets[id(base)]

    def _set_signs(self, base: RowSet) -> list[float]:
        size = len(self._engine.rows(base.rows))
        scores = [one.score for one in base.mentions]
        content = base.mask & self._asked.content
        kinds = {one.kind for one in base.mentions}
        return [
            max(scores, default=0.0) / 4,
            sum(scores) / 6,
            content.bit_count() / max(1, self._asked.content.bit_count()),
            float(size == 1),
            math.log1p(size) / 4,
            size / max(1, self._table.parts),
            0.0,  # a measure that the weights know and nothing gives
            float(any(one.condition.column == 0 for one in base.mentions)),
            *(float(kind in kinds) for kind in _MENTIONS),
        ]

    def _of_outcome(self, outcome: PlanOutcome) -> list[float]:
        keys = [" ".join(words_of_cells(text)) for text in outcome.texts[:5]]
        said = [bool(key) and f" {key} " in self._said for key in keys]
        number = outcome.numbers[0] if len(outcome.numbers) == 1 else None
        return [
            min(10, len(outcome.texts)) / 10,
            float(any(said)),
            float(bool(said) and all(said)),
            math.log1p(len(outcome.texts[0]) if outcome.texts else 0) / 4,
            float(number == 0),
            float(number is not None and number < 0),
            float(number is not None and number.is_integer()),
            math.log1p(abs(number)) / 10 if number is not None else 0.0,
        ]

    def _unsaid(self, one: Candidate) -> list[float]:
        spoken = one.base.mask | (one.other.mask if one.other else 0)
        read = {c for c in (*one.plan.columns, *_columns_of(one)) if c >= 0}
        named = union(self._headings[column].mask for column in read)
        content = self._asked.content
        left = content & ~(spoken | named)
        numbers = sum(1 << place for place, _ in self._asked.numbers) & content
        return [
            left.bit_count() / 8,
            left.bit_count() / max(1, content.bit_count()),
            (self._known & left).bit_count() / 4,
            (numbers & left).bit_count() / 2,
            (spoken & named & content).bit_count() / 4,
        ]

    def _of_plan(self, one: Candidate) -> list[float]:
        plan, base = one.plan, one.base
        tested = {mention.condition.column for mention in base.mentions}
        first = plan.columns[0] if plan.columns else -1
        order = plan.rows.order
        return [
            float(first in tested),
            float(order is not None and order.reading != "place" and order.column == first),
            float(order is not None and order.reading != "place" and order.column in tested),
            (order.place if order else 0) / 4,
            len(plan.columns) / 6,
            *self._of_operands(one),
        ]

    def _of_operands(self, one: Candidate) -> list[float]:
        plan = one.plan
        if plan.other_column is not None:
            names = [self._table.columns[n].name for n in (plan.columns[0], plan.other_column)]
            masks = [self._headings[n].mask for n in (plan.columns[0], plan.other_column)]
            shared = masks[0] & masks[1]
            masks = [mask & ~shared for mask in masks]
        elif one.other is not None:
            names = [" ".join(c.value for c in o.rows.conditions) for o in (one.base, one.other)]
            masks = [one.base.mask, one.other.mask]
        else:
            return [0.0] * 6
        dates = [date_of(name) for name in names]
        later = float(np.sign(dates[0] - dates[1])) if None not in dates else 0.0  # type: ignore[operator]
        total = [float("total" in name.lower()) for name in names]
        said = float(np.sign(_lowest(masks[0]) - _lowest(masks[1]))) if all(masks) else 0.0
        return [later, said, float(bool(masks[0])), float(bool(masks[1])), *total]


_WHOLE_LIKENESS: Final = 9
_WORD_LIKENESS: Final = 10
_PLAN_SIGNS: Final = 19 + 4 + 8 + 5 + 11
MEASURES: Final = 3 * COLUMN_SIGNS + _PLAN_SIGNS
_YEAR_ONLY: Final = re.compile(YEAR)
_NUMBER_ONLY: Final = re.compile(r"[$€£¥(+-]*\s*[\d.,]+\s*[%)]*")


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length()


def _columns_of(one: Candidate) -> tuple[int, int, int]:
    """Return the column that is chosen, the one that orders or is taken off, the one tested."""
    plan = one.plan
    order = plan.rows.order
    ordering = order.column if order and order.reading != "place" else -1
    if plan.other_column is not None:
        ordering = plan.other_column
    elif len(plan.columns) > 1:
        ordering = plan.columns[-1]
    tested = plan.rows.conditions[0].column if plan.rows.conditions else -1
    return (plan.columns[0] if plan.columns else -1, ordering, tested)


def _is_place(column: TypedColumn) -> bool:
    """Tell whether a column numbers the rows: 1, 2, 3."""
    numbers = [number for number in column.numbers if number is not None]
    return (
        len(numbers) > _FEW
        and numbers[0] in {0.0, 1.0}
        and all(0 <= b - a <= 1 for a, b in pairwise(numbers))
    )
