"""Short answers that stand in a piece of evidence: cells, numbers, dates, names, read spans.

Each is a range of the chunk's text. Which of them answers is `ranking`'s to say.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rag.answer.evidence.evidence import Evidence
from rag.answer.question.answer_kind import Kind
from rag.datamodel import CELL_SEPARATOR
from rag.months import date_pattern, month_pattern
from rag.number_forms import GROUPED, NUMBER_WORD
from rag.protocols import Reading
from rag.text import MONTH, STOP_WORDS, lines_between, trim, words

Form = Literal["cell", "number", "date", "name", "value", "quoted", "read", "whole"]

_UNIT: Final = (
    r"(?:\s?(?:%|°\s?[CF]\b|percent\b|per cent\b|percentage points?\b|points?\b)"
    r"|\s(?:million|billion|thousand|trillion|mm|cm|m|km|kg|g|mg|ml|l|s|h|min|kWh|W|V|Hz|kHz|MHz"
    r"|GHz|GB|MB|KB|hours?|minutes?|seconds?|days?|weeks?|months?|years?|[Ee]uros?|dollars?|km/h"
    r"|metres?|meters?|litres?|liters?|mg/dL|mmHg)\b(?!\w)|(?:mg|cm|mm|km|kg|x|K|M|bn)\b)?"
)
NUMBER: Final = re.compile(
    r"(?<![\w.,])(?<![^\W\d_]-)(?:[A-Z]{2,3}\s)?(?:[−–-](?=[$€£¥]?\d))?[$€£¥]?\s?\(?"
    rf"(?:{GROUPED}|\d+(?:[.,:/]\d+)*)\)?" + _UNIT
)
_NUMBER_WORD: Final = re.compile(
    rf"\b{NUMBER_WORD}(?:[ -](?:{NUMBER_WORD}|thousand|million))*\b", re.IGNORECASE
)
_AMOUNT: Final = re.compile(
    rf"(?<![^\W\d_])(?<![^\W\d_]-)\d|(?<![^\W\d_])[A-Z]{{2,3}}\d|{_NUMBER_WORD.pattern}",
    re.IGNORECASE,
)
"""A number that is no part of a name: 5, $5, RM5; not that of FLAN-T5."""

_NUMERAL: Final = re.compile(r"\d[\d.,:/]*")
_MARKER: Final = re.compile(rf"\(?\d{{1,2}}[.)]\s+(?!{MONTH})[^\W\d_]")
_STEP: Final = re.compile(
    rf"\d{{1,2}}\s+(?!{MONTH})(?:[A-Z][a-z]+\s+(?:the|an?|your|this|that|these|any|all|it)"
    r"|At|To|On|If|When|In|For|After|Before|While|Once)\b"
)
"""A step of instructions: `1 Press the button`, `2 At a place on ...`."""

_REFERENCE: Final = re.compile(
    r"\b(?:fig(?:ure)?s?|tab(?:le)?s?|charts?|diagrams?|exhibits?|pages?|pp?|sec(?:tion)?s?|chapters?"
    r"|appendix|annex|footnotes?|abb(?:ildung)?|tabelle|tableau|seite|abschnitt|kapitel)\.?\s*$",
    re.IGNORECASE,
)
"""What stands before a number that only names a part of a document: Figure 3, page 12."""

_LONGEST_REFERENCE: Final = 16

_CAPITALISED: Final = r"[A-ZÀ-Þ](?:[\w’'&-]|\.(?=\w)|(?<=\b[A-Z])\.){0,60}+"
_NAME: Final = re.compile(rf"{_CAPITALISED}(?: (?:{_CAPITALISED}|\d[\w-]*))*")
_LINKED_NAME: Final = re.compile(
    rf"{_CAPITALISED}(?: (?:of the|of|the|and|de|von|van|der|&|for|in) {_CAPITALISED}"
    rf"| {_CAPITALISED})+"
)
_VALUE: Final = re.compile(
    r"[^\W\d][^:|\n]{0,60}:\s+([^|\n]{1,120}?)(?=\s*(?:\||\n|;|$|[.](?:\s|$)))"
)
_QUOTED: Final = re.compile(r"[“\"«‘]([^”\"»’\n]{2,120})[”\"»’]")
_CODE: Final = re.compile(
    r"\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\bhttps?://\S+"
    r"|\b(?=[\w/-]{0,60}\d)(?=[\w/-]{0,60}[A-Za-z])[\w/-]{4,}(?:\.\d+)?"
    r"|(?<![\w.,-])\d+(?:[-–]\d+)+(?![\w-]|[.,]\d)"
)
_PARTED: Final = frozenset("|\n")
"""What parts two cells or two lines: an answer does not run across."""

_WORD_CHARACTER: Final = re.compile(r"\w")
MOST_NUMBERS: Final = 6
"""More numbers than these in a row are the marks of an axis."""

MOST_PLAIN_WORDS: Final = 3
"""A number, sum or date with more words than these around it is a sentence about one."""

_MOST_WHOLE_WORDS: Final = 14
MOST_CELL_LENGTH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A range of the text of the evidence's chunk that may be the answer itself."""

    evidence: Evidence
    start: int
    end: int
    form: Form

    @property
    def text(self) -> str:
        return self.evidence.hit.chunk.text[self.start : self.end]


def shorts_of(
    evidence: Evidence,
    reading: Reading,
    kind: Kind,
    *,
    points: bool = False,
    language: str | None = None,
) -> list[Short]:
    """Return the short answers in the evidence; of equal ranges the first form is kept.

    Dates are those of the language (ISO 639-1; None: English) of the question. A question for a
    number, share, sum or date is answered by nothing without one. With `points` the numbers of a
    list's points are among them.
    """
    text = evidence.hit.chunk.text
    found: dict[tuple[int, int], Form] = {}
    for start, end, form in _ranges(evidence, reading, language, points=points):
        trimmed = trim(text, start, end)
        if trimmed is None or _POINT.fullmatch(text, *trimmed):
            continue
        if _is_section(text, *trimmed):
            continue
        if may_answer(kind, text[slice(*trimmed)], language=language):
            found.setdefault(trimmed, form)
    return [
        Short(evidence=evidence, start=start, end=end, form=form)
        for (start, end), form in found.items()
    ]


@functools.cache
def _counted(language: str | None) -> re.Pattern[str]:
    month = rf"{month_pattern(language)}\.?"
    return re.compile(rf"\d|{_NUMBER_WORD.pattern}|\b{month}\b", re.IGNORECASE)


def may_answer(kind: Kind, text: str, *, language: str | None = None) -> bool:
    """Tell whether such words can answer such a question at all: "her" answers none."""
    if kind in ("number", "percent", "money", "date"):
        dated = _counted(language)
        plain = [w for w in words(text) if w.isalpha() and not dated.fullmatch(w)]
        counted = dated if kind == "date" else _AMOUNT
        is_axis = len(_NUMERAL.findall(text)) > MOST_NUMBERS
        return len(plain) <= MOST_PLAIN_WORDS and not is_axis and bool(counted.search(text))
    return text.isupper() or any(word not in STOP_WORDS for word in words(text))


def _ranges(
    evidence: Evidence, reading: Reading, language: str | None, *, points: bool
) -> Iterator[tuple[int, int, Form]]:
    text, start, end = evidence.hit.chunk.text, evidence.start, evidence.end
    if CELL_SEPARATOR in text[start:end]:
        yield from (
            (a, b, "cell") for a, b in cells_between(text, start, end) if b - a <= MOST_CELL_LENGTH
        )
    yield from ((*m.span(), "date") for m in date_pattern(language).finditer(text, start, end))
    yield from _written(text, start, end, points=points)
    for match in itertools.chain(
        _NAME.finditer(text, start, end), _LINKED_NAME.finditer(text, start, end)
    ):
        if not all(word in STOP_WORDS for word in words(match.group())):
            yield *match.span(), "name"
    for span in reading.spans:
        if (
            start <= span.start
            and span.end <= end
            and _PARTED.isdisjoint(text[span.start : span.end])
        ):
            yield *_whole_words(text, span.start, span.end, end), "read"
    for first, last in lines_between(text, start, end):
        line = text[first:last]
        if len(line.split()) <= _MOST_WHOLE_WORDS and CELL_SEPARATOR not in line:
            yield first, last, "whole"


def _written(text: str, start: int, end: int, *, points: bool) -> Iterator[tuple[int, int, Form]]:
    """Yield what is told by its form: numbers, values behind a colon, quotes, codes."""
    for form, pattern in _PATTERNS:
        for match in pattern.finditer(text, start, end):
            if form == "number" and _is_reference(text, match.start()):
                continue
            if points or form != "number" or not _is_marker(text, match.start()):
                yield *match.span(match.lastindex or 0), form


def _is_reference(text: str, at: int) -> bool:
    """Tell whether the number that begins there names a figure, a table, a page or a section."""
    return _REFERENCE.search(text[max(0, at - _LONGEST_REFERENCE) : at]) is not None


def _is_section(text: str, start: int, end: int) -> bool:
    """Tell whether a range lies in a cell or line that is the number of a section alone."""
    first = max(text.rfind(CELL_SEPARATOR, 0, start), text.rfind("\n", 0, start)) + 1
    last = min(
        n for n in (text.find(CELL_SEPARATOR, end), text.find("\n", end), len(text)) if n >= 0
    )
    return _SECTION.fullmatch(text[first:last].strip(f"{CELL_SEPARATOR} ")) is not None


def _is_marker(text: str, at: int) -> bool:
    """Tell whether what begins there numbers a point of a list, `4. Unless ...`, or a step."""
    is_first = text[text.rfind("\n", 0, at) + 1 : at].strip() == ""
    return is_first and any(pattern.match(text, at) for pattern in (_MARKER, _STEP))


def _whole_words(text: str, start: int, end: int, limit: int) -> tuple[int, int]:
    """Return the range with the words that it cuts into: tokens of the reader are smaller."""
    while start and _WORD_CHARACTER.match(text[start - 1]):
        start -= 1
    while end < limit and (
        _WORD_CHARACTER.match(text[end])
        or (text[end] in ".@-/" and end + 1 < limit and _WORD_CHARACTER.match(text[end + 1]))
    ):
        end += 1
    return start, end


_POINT: Final = re.compile("[a-z]")
"""A small letter alone is the mark of a point, or what a font calls one."""

_SECTION: Final = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.")
"""A cell or line that is the number of a section alone: `3.1.`"""

_PATTERNS: Final[tuple[tuple[Form, re.Pattern[str]], ...]] = (
    ("number", NUMBER),
    ("number", _NUMBER_WORD),
    ("value", _VALUE),
    ("quoted", _QUOTED),
    ("name", _CODE),
)


def cells_between(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the ranges of the cells of the rows in a range of text, white space left out."""
    return [
        cell
        for first, last in lines_between(text, start, end)
        for match in _CELL.finditer(text, first, last)
        if (cell := trim(text, *match.span())) is not None
    ]


_CELL: Final = re.compile(r"[^|]+")
