"""What a passage is made of: whole sentences, points of a list, rows of a table, as they are shown.

Knows evidence and tables; knows no model and no question but its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.citations import CELL_DOT, without_marks
from rag.answer.base.tables import column_names, row_quotation
from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.quoting import POINT, under_heading
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.text import LEADER, leads_to_number

_LISTINGS: Final = re.compile(
    r"[\d.\s]*(?:references|bibliography|works cited|literature cited|(?:table of )?contents)\W*",
    re.IGNORECASE,
)


_LEADERS: Final = re.compile(
    rf"(?:{LEADER}|(?<!\.)(?<!\.\s)(?:\.\s?){{5,}}+)\s*+(?:page )?\d{{1,4}}+\s*?(?:\n|\Z)",
    re.IGNORECASE,
)
"""How a line of a table of contents ends: with dots that lead to a page."""


def is_listing(chunk: Chunk) -> bool:
    """Tell whether a passage lists what is told elsewhere: works that are cited, contents."""
    if chunk.headings and _LISTINGS.fullmatch(chunk.headings[-1]):
        return True
    lines = chunk.text.strip().count("\n") + 1
    return chunk.role == "text" and 2 * len(_LEADERS.findall(chunk.text)) >= lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sentence, point or row: its range of a hit's text, how it is shown, its weight.

    `heading` is the short line that it stands under, `chance` that of its telling what is asked
    for, by the scorer; `is_line` tells that it stands in a line of its own.
    """

    evidence: Evidence
    shown: str
    heading: str = ""
    is_line: bool = False
    chance: float = 0.0

    @property
    def word_count(self) -> int:
        return len(self.shown.split()) + len(self.heading.split())

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table."""
        return self.is_line and self.evidence.hit.chunk.role == "table"


def unit_of(evidence: Evidence, asked: Question) -> Unit:
    """Return a piece of evidence as it is shown; of a row the columns that are asked for lead."""
    chunk = evidence.hit.chunk
    text = evidence.text
    if chunk.role == "table" and CELL_SEPARATOR in text:
        row = row_quotation(
            column_names(chunk), text, asked.content_or_same, stems=asked.content_in
        )
        return Unit(evidence=evidence, shown=without_marks(_flat(row)), is_line=True)
    heading, told = ("", text) if chunk.role == "figure" else under_heading(text, chunk.headings)
    point = POINT.match(told)
    return Unit(
        evidence=evidence,
        shown=without_marks(_flat(told[point.end() :] if point else told)),
        heading=without_marks(_flat(heading)),
        is_line=bool(point) or leads_to_number(told),
    )


def _flat(text: str) -> str:
    return " ".join(text.replace("|", CELL_DOT).replace("**", " ").split())


def quotation(units: Sequence[Unit]) -> str:
    """Return units of one hit as they are quoted, each with its mark, so that each can be shown."""
    is_list = len(units) > 1 and any(unit.is_line for unit in units)
    if is_list:
        return "\n".join(f"- {_quoted(unit)}" for unit in units)
    return " … ".join(map(_quoted, units))


def _quoted(unit: Unit) -> str:
    before = "… " if _begins_within(unit) else ""
    quoted = unit.shown if unit.is_row else f"“{before}{unit.shown}”"
    heading = f"{unit.heading}: " if any(map(str.isalpha, unit.heading)) else ""
    return f"{heading}{quoted} [{unit.evidence.hit.rank}]"


def _begins_within(unit: Unit) -> bool:
    """Tell whether a unit is the end of a sentence that begins before its hit: on another page."""
    chunk = unit.evidence.hit.chunk
    is_text = chunk.role == "text" and not (unit.is_line or unit.heading)
    return is_text and unit.evidence.start == 0 and unit.shown[:1].islower()
