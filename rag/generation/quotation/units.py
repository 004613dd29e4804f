"""What a passage is made of: whole sentences, points of a list, rows of a table, as shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.generation.citations import CELL_DOT, without_marks
from rag.retrieval.evidence.evidence import Evidence
from rag.table_qa.scale import scaled
from rag.table_text import column_names, row_quotation
from rag.text import LEADER, YEAR, leads_to_number, words_of_cells
from rag.understanding.question.question import Question

MIN_UNDER: Final = 6
"""A line of fewer words is a heading where one of so many follows it."""

POINT: Final = re.compile(r"\s*(?:[-•*–▪]|\(?[0-9a-z]{1,2}[.)])\s+(?=\S)")
"""The mark before a point of a list."""

_TOKEN: Final = re.compile(r"[^\s|]+")


def under_heading(text: str, headings: Collection[str]) -> tuple[str, str]:
    """Divide a text into the heading that opens it (known, or short above longer) and the rest."""
    heading, _, body = text.partition("\n")
    is_short = heading[-1:] not in ".!?,;" and "\n" not in body.strip()
    is_above = is_short and len(heading.split()) < MIN_UNDER <= len(body.split())
    if is_above or (heading in headings and body.strip()):
        return heading.rstrip(" :"), body
    return "", text


def shortened(text: str, limits: tuple[int, int], asked: Question, *, max_words: int) -> str:
    """Return at most `max_words` words of a range that share most with the question, with `…`."""
    first, last = limits
    spans = [(m.start(), m.end()) for m in _TOKEN.finditer(text, first, last)]
    if len(spans) <= max_words:
        return text[first:last]
    scores = [bool(asked.stems & asked.stems_in(text[a:b])) for a, b in spans]
    sums = [0, *itertools.accumulate(scores)]
    starts = range(len(spans) - max_words + 1)
    best = max(starts, key=lambda i: (sums[i + max_words] - sums[i], -i))
    after = " …" if best < len(spans) - max_words else ""
    return f"{'… ' if best else ''}{text[spans[best][0] : spans[best + max_words - 1][1]]}{after}"


_LISTINGS: Final = re.compile(
    r"[\d.\s]*(?:references|bibliography|works cited|literature cited|(?:table of )?contents)\W*",
    re.IGNORECASE,
)


_LEADERS: Final = re.compile(
    rf"(?:{LEADER}|(?<!\.)(?<!\.\s)(?:\.\s?){{5,}}+)\s*+(?:page )?\d{{1,4}}+\s*?(?:\n|\Z)",
    re.IGNORECASE,
)
"""How a line of a table of contents ends: with dots that lead to a page."""


_INITIAL: Final = re.compile(r"\b[A-Z]\.(?=[\s,A-Z-])")
_YEAR: Final = re.compile(rf"\b{YEAR}[a-z]?\b")

MIN_INITIALS: Final = 0.08
MIN_YEARS: Final = 0.03
"""Initials and years to a word, from which on works are cited: of 1,856 passages eight, seven of
them lists of works."""

FEWEST_INITIALS: Final = 4
"""One name in a short sentence is none."""


def is_listing(chunk: Chunk) -> bool:
    """Tell whether a passage lists what is told elsewhere: works that are cited, contents."""
    if chunk.headings and _LISTINGS.fullmatch(chunk.headings[-1]):
        return True
    lines = chunk.text.strip().count("\n") + 1
    is_contents = 2 * len(_LEADERS.findall(chunk.text)) >= lines
    return chunk.role == "text" and (is_contents or _cites(chunk.text))


@lru_cache(maxsize=256)  # asked for each unit of a passage
def _cites(text: str) -> bool:
    count = len(text.split())
    initials, years = (len(pattern.findall(text)) for pattern in (_INITIAL, _YEAR))
    is_dense = initials >= MIN_INITIALS * count and years >= MIN_YEARS * count
    return is_dense and initials >= FEWEST_INITIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sentence, point or row: its range of a hit's text, how it is shown, its weight.

    `heading` is the short line that it stands under, `chance` that of its telling what is asked
    for, by the scorer; `is_line` tells that it stands in a line of its own, `is_named` that the
    question names a row by its first cell.
    """

    evidence: Evidence
    shown: str
    heading: str = ""
    is_line: bool = False
    is_named: bool = False
    chance: float = 0.0

    @property
    def word_count(self) -> int:
        return len(self.shown.split()) + len(self.heading.split())

    @property
    def is_row(self) -> bool:
        return self.is_line and self.evidence.hit.chunk.role == "table"


def unit_of(evidence: Evidence, asked: Question) -> Unit:
    """Return a piece of evidence as it is shown; of a row the columns that are asked for lead."""
    chunk = evidence.hit.chunk
    text = evidence.text
    if chunk.role == "table" and CELL_SEPARATOR in text:
        names = column_names(chunk)
        row = row_quotation(names, text, asked.content_or_same, stems=asked.content_in)
        label = text.partition(CELL_SEPARATOR)[0]
        is_named = label not in names and stands_in(label, asked.standalone)
        shown = scaled(without_marks(_flat(row)), [chunk], chunk.language or "en")
        return Unit(evidence=evidence, shown=shown, is_line=True, is_named=is_named)
    heading, body = ("", text) if chunk.role == "figure" else under_heading(text, chunk.headings)
    point = POINT.match(body)
    return Unit(
        evidence=evidence,
        shown=without_marks(_flat(body[point.end() :] if point else body)),
        heading=without_marks(_flat(heading)),
        is_line=bool(point) or leads_to_number(body),
    )


def stands_in(label: str, text: str) -> bool:
    """Tell whether the words of a label stand in a text, one behind the other."""
    own = " ".join(words_of_cells(label))
    return len(own) > 1 and f" {own} " in f" {' '.join(words_of_cells(text))} "


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
    quoted = unit.shown if unit.is_row else f"“{before}{_bare(unit.shown)}”"
    heading = f"{unit.heading}: " if any(map(str.isalpha, unit.heading)) else ""
    return f"{heading}{quoted} [{unit.evidence.hit.rank}]"


def _bare(text: str) -> str:
    """Return a text without a quotation mark before or behind all of it."""
    if text[:1] == text[-1:] == '"' and text.count('"') == 2:  # noqa: PLR2004 - a pair
        return text[1:-1]
    inner = text.removeprefix("“").removesuffix("”")
    return text if {"“", "”"} & {*inner} else inner


def _begins_within(unit: Unit) -> bool:
    """Tell whether a unit is the end of a sentence that begins before its hit: on another page."""
    chunk = unit.evidence.hit.chunk
    is_text = chunk.role == "text" and not (unit.is_line or unit.heading)
    return is_text and unit.evidence.start == 0 and unit.shown[:1].islower()
