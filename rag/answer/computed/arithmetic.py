"""Simple arithmetic over numbers of the sources, each with its place; as FinQA and TAT-QA ask.

(Chen et al., EMNLP 2021; Zhu et al., ACL 2021.) Numbers of one table or picture, of one row or
column and of one unit go together; what is compared may stand in documents of its own. Knows ranked
short answers; knows no model.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.quantities import shown
from rag.answer.base.scale import with_scale
from rag.answer.computed.operands import Operand, OperandName, operands_of, part_of
from rag.answer.computed.table_rows import JoinedTable
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.asked import stems_of
from rag.answer.question.operations import Operation
from rag.answer.question.question import Question
from rag.datamodel import Hit

TOGETHER: Final = 3.0
"""What it counts that two numbers stand in one chunk, and in one row or column."""

LEAST_CONTRAST: Final = 0.5
"""Under this a number is no better a part's own than the other's: nothing is calculated."""

LEAST_AHEAD: Final = 0.3
"""Numbers of one row that are closer than this can't be told apart: nothing is calculated."""

RATIO_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """What was calculated from which numbers: the short result, and the working as words."""

    result: str
    working: str
    operands: tuple[Operand, ...]


def calculates(asked: Question, table: JoinedTable) -> bool:
    """Tell whether a calculation is asked for, of what a column of the table holds."""
    worded = {stem for stem in asked.stems if not stem[0].isdigit()}
    named = any(stems_of(name) & worded for name in table.names[1:])
    return named and asked.operation is not None


def calculate(asked: Question, hits: Sequence[Hit], ranker: AnswerRanker) -> Calculation | None:
    """Return the calculation that the question asks for; None where its numbers are not found."""
    wanted = asked.operation
    if wanted is None or not hits:
        return None
    parts = [part_of(wanted, number, asked, hits) for number in range(len(wanted.parts))]
    best = _best(parts, wanted, hits, ranker)
    made = _calculated(wanted, best) if best else None
    if made is None or wanted.operator not in {"difference", "sum"}:
        return made
    return _with_scale(made, is_named=asked.leaves_scale)


def _with_scale(made: Calculation, *, is_named: bool) -> Calculation:
    """Return the result with the scale that the tables state for all its numbers, if they do."""
    if any(_told(o, o.short.text, is_named=is_named) == o.short.text for o in made.operands):
        return made
    results = {_told(operand, made.result, is_named=is_named) for operand in made.operands}
    return replace(made, result=results.pop()) if len(results) == 1 else made


def _told(operand: Operand, text: str, *, is_named: bool) -> str:
    short = operand.short
    return with_scale(text, short.evidence.hit.chunk, short.start, is_named=is_named)


def _best(
    parts: Sequence[OperandName], wanted: Operation, hits: Sequence[Hit], ranker: AnswerRanker
) -> tuple[Operand, ...] | None:
    """Return the numbers that fit their parts and each other best; None where none do."""
    options = [operands_of(part, wanted.operator, hits, ranker) for part in parts]
    best = max(itertools.product(*options), key=_together, default=None)
    if (
        not best
        or _together(best) == -math.inf
        or min(operand.contrast for operand in best) < LEAST_CONTRAST
        or any(map(_is_ambiguous, best, options))
    ):
        return None
    return best


def _is_ambiguous(chosen: Operand, options: Sequence[Operand]) -> bool:
    """Tell whether another number of the same line stands for the part as well."""
    return any(
        other.score > chosen.score - LEAST_AHEAD
        for other in options
        if _place(other) != _place(chosen)
        and other.line == chosen.line
        and other.short.evidence.hit.chunk.id == chosen.short.evidence.hit.chunk.id
    )


def _together(operands: Sequence[Operand]) -> float:
    """Return how well the numbers fit their parts and each other."""
    total = math.fsum(operand.score for operand in operands)
    for one, other in itertools.combinations(operands, 2):
        if _place(one) == _place(other):
            return -math.inf
        if one.short.evidence.hit.chunk.id == other.short.evidence.hit.chunk.id:
            same = one.line == other.line or (one.column == other.column is not None)
            total += TOGETHER * (1 + same)
        if one.quantity.unit != other.quantity.unit or _measured_apart(one, other):
            return -math.inf
    return total


def _measured_apart(one: Operand, other: Operand) -> bool:
    """Tell whether two numbers are of different units: watts and per cent."""
    return bool(one.measure and other.measure) and one.measure != other.measure


def _place(operand: Operand) -> tuple[str, int]:
    return operand.short.evidence.hit.chunk.id, operand.short.start


def _calculated(wanted: Operation, operands: Sequence[Operand]) -> Calculation | None:
    read = [operand.quantity for operand in operands]
    one_document = len({operand.short.evidence.hit.chunk.doc_id for operand in operands}) == 1
    # Within one document numbers share their scale, whether it is stated by each or not.
    scaled = not one_document and all(q.scale != 1 for q in read)
    values = [q.size / read[0].scale if scaled else q.value for q in read]
    places = wanted.decimals if wanted.decimals is not None else max(q.decimals for q in read)
    made = FORMULAS[wanted.operator](wanted, values, places, _unit(operands))
    if made is None:
        return None
    told = dict.fromkeys(q.told for q in read if q.told)
    return Calculation(
        result=made[0], working="; ".join((made[1], *told)), operands=tuple(operands)
    )


def _unit(operands: Sequence[Operand]) -> str:
    """Return the unit that all numbers have: a percent sign, a currency or a measure."""
    units = {operand.quantity.unit or operand.measure for operand in operands}
    return units.pop() if len(units) == 1 else ""


def _sum(_: Operation, values: Sequence[float], places: int, unit: str) -> tuple[str, str] | None:
    terms = " + ".join(shown(value, places, unit) for value in values)
    return shown(math.fsum(values), places, unit), terms


def _difference(
    _: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    high, low = max(values), min(values)
    result = shown(high - low, places, "" if unit == "%" else unit)
    points = " percentage points" if unit == "%" else ""
    return result + points, f"{shown(high, places, unit)} - {shown(low, places, unit)}"


def _ratio(
    wanted: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    if not values[1]:
        return None
    own = max((len(f"{v:.6f}".rstrip("0").partition(".")[2]) for v in values), default=0)
    digits = RATIO_DECIMALS if wanted.decimals is None else places
    terms = " / ".join(shown(value, min(own, 2), unit) for value in values)
    return shown(values[0] / values[1], digits), terms


def _change(
    wanted: Operation, values: Sequence[float], places: int, unit: str
) -> tuple[str, str] | None:
    new, old = values
    if not old:
        return None
    digits = 1 if wanted.decimals is None else places
    new_shown, old_shown = shown(new, places, unit), shown(old, places, unit)
    return (
        shown(100 * (new - old) / abs(old), digits, "%"),
        f"({new_shown} - {old_shown}) / {old_shown}",
    )


FORMULAS: Final = {"sum": _sum, "difference": _difference, "ratio": _ratio, "change": _change}
