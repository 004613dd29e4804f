"""Numbers of the sources that may stand for a part of a calculation, each with its place.

A number is taken for a part of the question where the part's own words stand by it and the other
parts' do not. Knows ranked short answers; knows no model and no formula.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.context import PageKey, page_key
from rag.answer.base.quantities import Quantity, measure, measure_after, quantity
from rag.answer.base.rules import Rules
from rag.answer.base.tables import column_names, column_of, named_column
from rag.answer.evidence.answer_candidates import Short, cells_between
from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.features import left_label, line_around, page_stems
from rag.answer.evidence.ranking import AnswerCandidate, AnswerRanker, FoundAnswer
from rag.answer.question.asked import share, stems_of
from rag.answer.question.operations import Operation, Operator
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Hit
from rag.text import YEAR, words

CONTRAST_WEIGHT: Final = 5.0

LEAST_APART: Final = 0.5
"""From this difference the documents themselves tell the parts apart."""

TOPIC_WEIGHT: Final = 4.0
LEAST_TOPIC: Final = 0.4
"""So much of what the parts share must stand in the chunk, or on the page, of each number."""

LEAST_NAMED: Final = 0.5
EXACT_WEIGHT: Final = 3.0
"""A row whose label is just the part's name; "total" may be said or not."""

_OVERALL: Final = stems_of("total net overall")
_OPERATING: Final = stems_of(
    "difference change increase decrease rise rose grow grew fall fell drop decline percentage"
    " percent point points ratio sum combined together altogether larger smaller higher lower"
    " price cost amount"
)
"""Words of the calculation, not of what is calculated."""

_PLAIN: Final = re.compile(
    r"[-−–(]?(?:[A-Z]{2,3} ?)?[$€£¥]?[-−–]?\d+(?:[.,:]\d+)*\)?(?: ?%|°| ?[A-Za-z²³/]{1,12}){0,2}\)?"
)
_YEAR: Final = re.compile(YEAR)
_COMPOUND: Final = re.compile(r"-[^\W\d]")
"""After "33" of "33-year": such a number is part of a word."""

LEAST_SHORT_FORM: Final = 5
"""Letters of a word cut short, as heads of columns are."""

CONSIDERED: Final = 8
LOOKED_INTO: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A number of a source that stands for a part of the question.

    `measure` is the unit that it, its column or the word after it has, "" for none and for
    currencies.
    """

    short: Short
    quantity: Quantity
    measure: str
    column: int | None
    line: tuple[int, int]
    close: frozenset[str]
    contrast: float
    score: float

    @property
    def found(self) -> FoundAnswer:
        """The number as any other claim: to be quoted; on a picture, its own line alone."""
        evidence, (start, end) = self.short.evidence, self.line
        if evidence.hit.chunk.role == "figure":
            evidence = replace(evidence, start=start, end=end)
        return FoundAnswer(evidence=evidence, short=self.short, chance=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperandName:
    """A part of the question: the stems of its name, its initials, the other parts, the topic."""

    asked: Question
    own: frozenset[str]
    initials: frozenset[str]
    others: tuple[frozenset[str], ...]
    topic: frozenset[str]
    pages: Mapping[PageKey, frozenset[str]]


def part_of(wanted: Operation, number: int, whole: Question, hits: Sequence[Hit]) -> OperandName:
    asked = whole.part(f"{whole.opening}{wanted.parts[number]}")
    own = stems_of(wanted.names[number])
    others = tuple(stems_of(name) for n, name in enumerate(wanted.names) if n != number)
    return OperandName(
        asked=asked,
        own=own,
        initials=_initials(wanted.names[number]),
        others=others,
        topic=stems_of(asked.core).difference(own, *others, _OVERALL, _OPERATING),
        pages=page_stems(asked, hits),
    )


def operands_of(
    part: OperandName, wanted: Operator, hits: Sequence[Hit], ranker: AnswerRanker
) -> list[Operand]:
    """Return the likeliest numbers for one part, best first."""
    candidates = ranker.numbers(part.asked, hits, among=lambda one: _may_name(one, part))
    found = [
        operand_of(candidate, strength, part) for strength, candidate in candidates[:LOOKED_INTO]
    ]
    kept = [
        operand
        for operand in found
        if operand is not None
        and _is_about(operand, part)
        and (wanted != "ratio" or _is_called(operand, part))
    ]
    kept.sort(key=lambda operand: -operand.score)
    return kept[:CONSIDERED]


def _may_name(evidence: Evidence, part: OperandName) -> bool:
    """Tell whether what names this part alone, or its initials, can label a number there."""
    chunk = evidence.hit.chunk
    around = chunk.text if chunk.role == "figure" else evidence.text
    labels = stems_of(f"{chunk.context} {' '.join(column_names(chunk))} {around}")
    own = part.own.difference(*part.others) or part.own
    return not own or not (own | part.initials).isdisjoint(_spelled_out(labels, own))


def _initials(name: str) -> frozenset[str]:
    """Return the initials of a name of several capitalised words as a stem: `wp`."""
    capitals = [word[0] for word in name.split() if word[:1].isupper()]
    return stems_of("".join(capitals)) if len(capitals) > 1 else frozenset()


def operand_of(candidate: AnswerCandidate, strength: float, part: OperandName) -> Operand | None:
    own, others, topic, rules = part.own, part.others, part.topic, part.asked.rules
    short = candidate.short
    chunk = short.evidence.hit.chunk
    if not _PLAIN.fullmatch(short.text) or _YEAR.fullmatch(short.text.strip("()")):
        return None
    if _COMPOUND.match(chunk.text, short.end):
        return None
    around = f"{chunk.context}\n{chunk.text}"
    read = quantity(short.text, around=around, language=chunk.language)
    if read is None:
        return None
    line = line_around(short)
    column, name = _column(short, line)
    close = _spelled_out(_close_by(short, line, name), own | topic)
    if part.initials and part.initials <= close:
        close |= own
    exact = _is_label(short, line, own, rules)
    contrast = 1.0 if exact else _contrast(own, others, close, stems_of(chunk.context))
    return Operand(
        short=short,
        quantity=read,
        measure=measure(short.text) or measure(name) or measure_after(chunk.text[short.end :]),
        column=column,
        line=line,
        close=close,
        contrast=contrast,
        score=strength
        + CONTRAST_WEIGHT * contrast
        + EXACT_WEIGHT * (exact or _is_label(short, line, topic, rules))
        + TOPIC_WEIGHT * share(topic, close),
    )


def _spelled_out(found: frozenset[str], wanted: frozenset[str]) -> frozenset[str]:
    """Return the stems and those wanted that one of them is short for: "precip" of a column."""
    short = tuple(stem for stem in found if len(stem) >= LEAST_SHORT_FORM)
    return found | {stem for stem in wanted if short and stem.startswith(short)}


def _is_about(operand: Operand, part: OperandName) -> bool:
    """Tell whether its page bears the part's names, and its table or picture the topic.

    Where a column is called by the topic, a number of another column and row is not about it.
    """
    hit = operand.short.evidence.hit
    page = part.pages[page_key(hit.chunk)]
    named = part.asked.names & part.own
    if named and not named & (page | operand.close):
        return False
    header = _spelled_out(stems_of(" ".join(column_names(hit.chunk))), part.topic)
    worded = frozenset(stem for stem in part.topic if not stem[0].isdigit())
    if worded & header and not worded & operand.close:
        return False
    known = page if hit.chunk.role == "table" else stems_of(hit.chunk.text)
    return not part.topic or share(part.topic, _spelled_out(known, part.topic)) >= LEAST_TOPIC


def _is_called(operand: Operand, part: OperandName) -> bool:
    """Tell whether a row is called just as the part of a ratio; of other text, that it names it."""
    name = part.own
    if operand.short.evidence.hit.chunk.role == "table":
        _, column = _column(operand.short, operand.line)
        crossing = name <= _spelled_out(stems_of(column), name) and operand.contrast == 1
        return crossing or _is_label(operand.short, operand.line, name, part.asked.rules)
    return share(name, operand.close) >= LEAST_NAMED


def _is_label(short: Short, line: tuple[int, int], own: frozenset[str], rules: Rules) -> bool:
    """Tell whether the row of a number is called just as the part; "total" may be left out."""
    text = short.evidence.hit.chunk.text
    if not rules.on("left-labels"):
        return False
    label = left_label(text, cells_between(text, *line), short.start)
    return "other" not in words(label) and stems_of(label) - _OVERALL == own - _OVERALL


def _contrast(
    own: frozenset[str],
    others: Sequence[frozenset[str]],
    close: frozenset[str],
    context: frozenset[str],
) -> float:
    """Return how much more a number is the own part's than another's: by the words close by.

    Where file name, title and headings tell the parts apart (a document each), they count as well.
    """
    rest = own.difference(*others)
    near = share(rest, close) - max(share(other - own, close) for other in others)
    apart = share(rest, context) - max(share(other - own, context) for other in others)
    return max(near, apart) if apart >= LEAST_APART else near


def _column(short: Short, line: tuple[int, int]) -> tuple[int | None, str]:
    """Return the number and the name of the column of a cell."""
    chunk = short.evidence.hit.chunk
    row = chunk.text[slice(*line)]
    if CELL_SEPARATOR not in row:
        return None, ""
    column = column_of(chunk.text, line[0], short.start)
    return column, named_column(column_names(chunk), row, column)


def _close_by(short: Short, line: tuple[int, int], column: str) -> frozenset[str]:
    """Return the stems that label a number: its line, its column."""
    return stems_of(short.evidence.hit.chunk.text[slice(*line)]) | stems_of(column)
