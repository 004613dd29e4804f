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

from rag.answer.base.scale import with_scale
from rag.answer.computed.formulas import FORMULAS
from rag.answer.computed.operands import Operand, Part, operand_as_answer, operands_of, part_of
from rag.answer.computed.table_rows import Table
from rag.answer.evidence.features import page_key
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

LEAST_SCALED: Final = 1000
"""Smaller numbers of a table are taken as they are written."""

LEAST_ALONE: Final = 0.25
"""The chance from which a number answers one side of a comparison by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """What was calculated from which numbers: the short result, and the working as words."""

    result: str
    working: str
    operands: tuple[Operand, ...]


def calculates(asked: Question, table: Table) -> bool:
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
    if best is None and wanted.operator in {"larger", "smaller"}:
        best = _each_alone(parts, hits, ranker)
        if best and not _are_of_one_scale(best):
            return _side_by_side(wanted, best)
    made = _calculated(wanted, best) if best else None
    if made is None or wanted.operator not in {"difference", "sum"}:
        return made
    return _with_scale(made, is_named=asked.names_scale)


def _side_by_side(wanted: Operation, operands: Sequence[Operand]) -> Calculation:
    """Return both numbers by their names, not compared."""
    named = zip(wanted.names, operands, strict=True)
    return Calculation(
        result="; ".join(f"{name}: {operand.short.text}" for name, operand in named),
        working="not compared: whether both are in one scale (millions, thousands) is not stated",
        operands=tuple(operands),
    )


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
    parts: Sequence[Part], wanted: Operation, hits: Sequence[Hit], ranker: AnswerRanker
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


def _each_alone(
    parts: Sequence[Part], hits: Sequence[Hit], ranker: AnswerRanker
) -> tuple[Operand, ...] | None:
    """Return the number that answers each part as a question of its own; None where one lacks.

    A part is looked for on pages that name it. Numbers that measure unlike things, or that are one
    and the same, don't answer.
    """
    found = [_alone(part, hits, ranker) for part in parts]
    known = tuple(operand for operand in found if operand is not None)
    units = {operand.quantity.unit for operand in known}
    apart = len({_place(operand) for operand in known}) == len(parts)
    return known if apart and len(units) == 1 else None


def _are_of_one_scale(operands: Sequence[Operand]) -> bool:
    """Tell whether numbers can be compared: of one table, small ones, or of a stated scale."""
    chunks = {operand.short.evidence.hit.chunk.id for operand in operands}
    if len(chunks) == 1 or not any(map(_may_be_scaled, operands)):
        return True
    return all(operand.quantity.scale != 1 for operand in operands)


def _may_be_scaled(operand: Operand) -> bool:
    """Tell whether a table may state elsewhere that the number counts thousands or millions."""
    table = operand.short.evidence.hit.chunk.role == "table"
    return table and abs(operand.quantity.value) >= LEAST_SCALED


def _alone(part: Part, hits: Sequence[Hit], ranker: AnswerRanker) -> Operand | None:
    """Return the number that answers a part, where its places together make it likely enough."""
    mine = [hit for hit in hits if part.is_named_on(page_key(hit))]
    chances: dict[float, float] = {}
    first: dict[float, Operand] = {}
    for one in ranker.find(part.asked.part(part.asked.core), mine):
        operand = operand_as_answer(one, part)
        if operand is not None:
            size = operand.quantity.size
            chances[size] = chances.get(size, 0.0) + one.chance
            first.setdefault(size, operand)
    likeliest = max(chances, key=chances.__getitem__, default=None)
    if likeliest is None or chances[likeliest] < LEAST_ALONE:
        return None
    return first[likeliest]


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
        if one.quantity.unit != other.quantity.unit:
            return -math.inf
    return total


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
