"""The words of a short answer as they stand in bold: with its unit, or the clause that tells it.

What is counted, measured, dated or named is told by few words; anything else by its sentence, or
the part of it around what the reader found, as a person would point at it. Knows found answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rag.answer.evidence.quoting import POINT, short_answer
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.answer_kind import Kind
from rag.answer.question.question import Question
from rag.text import STOP_WORDS

MOST_CLAUSE_WORDS: Final = 20
"""A longer part of a sentence is quoted without bold."""

MOST_FEW_WORDS: Final = 6
"""Of what is counted, measured, dated or named more words are a clause."""

_FEW: Final[frozenset[Kind]] = frozenset(
    {"number", "percent", "money", "date", "person", "place", "code"}
)
_JOINING: Final = (
    r"and|but|or|which|who|where|when|while|so|because|although|if"
    r"|und|aber|oder|weil|et|mais|ou|y|pero|ma|perché|mas|maar|omdat"
)
_ENDS: Final = re.compile(r"[:•|]\s|(?<=[.!?])\s|\n|[()“”\"]")
"""What no clause runs across; a shorter one ends at what parts clauses, or at a comma."""

_PARTS: Final = re.compile(rf";\s|\s[–—-]\s|,\s(?=(?:{_JOINING})\b)", re.IGNORECASE)
_LEADS: Final = re.compile(
    r"\s*(?:(?:but|and|so|yet|also|und|aber|et|mais|y|pero)|(?:therefore|thus|hence|however|moreover),)"
    r"\s+(?=\S+\s+\S+\s+\S)",
    re.IGNORECASE,
)
"""What joins a clause to the one before it, where enough is left."""

_COMMA: Final = re.compile(r",\s")
_AROUND: Final = " .,;:-•–—!?\n"
_COUNTED: Final = re.compile(r"\s(?:(?:square|cubic|metric|per)\s)?[^\W\d_]+")
_GOES_ON: Final = re.compile(
    r"\b(?:different|distinct|separate|independent|individual|other|additional|more|new)$",
    re.IGNORECASE,
)
"""What is counted follows these: "3 different drives"."""

_NAMES_UNIT: Final = re.compile(r"[%°]|\d\s?[^\W\d_]|[^\W\d_]\s\d|\s[^\W\d_]")

Range = tuple[int, int]


def bold_words(found: FoundAnswer, asked: Question) -> str:
    """Return the words that may stand in bold, on one line; "" where no few tell an answer.

    No clause is one in brackets, which is said by the way, or one that asks.
    """
    short = found.short
    if short is not None and (short.form == "cell" or asked.kind in _FEW):
        told = short_answer(found, asked) or " ".join(short.text.split())
        few = len(told.split()) <= MOST_FEW_WORDS
        return _with_unit(told, found, asked) if few else ""
    start, end = _clause(found)
    text = found.evidence.hit.chunk.text
    before = text[found.evidence.start : start]
    is_aside = before.count("(") > before.count(")")
    is_question = text[start : end + 1].endswith("?")
    told = "" if is_aside or is_question else text[start:end]
    return " ".join(told.replace("*", " ").split())


def is_quoted_whole(bold: str, quote: str) -> bool:
    """Tell whether a quotation says no more than the words in bold."""
    return quote.strip("“”. ") == bold.strip(". ")


def is_clause(bold: str) -> bool:
    """Tell whether words in bold are a clause, which needs no quotation around it."""
    return len(bold.split()) > MOST_FEW_WORDS


def introduces(found: FoundAnswer, bold: str) -> bool:
    """Tell whether a colon follows the words: what they introduce would be the answer."""
    text = " ".join(found.evidence.hit.chunk.text[found.evidence.start :].split())
    at = text.find(bold)
    return at >= 0 and text[at + len(bold) :].lstrip().startswith(":")


def _with_unit(told: str, found: FoundAnswer, asked: Question) -> str:
    """Return a bare number with the word behind it that says of what: "four square feet"."""
    short = found.short
    is_whole = _NAMES_UNIT.search(told) is not None and _GOES_ON.search(told) is None
    if short is None or asked.kind != "number" or is_whole:
        return told
    text = found.evidence.hit.chunk.text
    behind = _COUNTED.match(text, short.end, found.evidence.end)
    if behind is None or behind.group().split()[-1].lower() in STOP_WORDS:
        return told
    return f"{told}{behind.group()}"


def _clause(found: FoundAnswer) -> Range:
    """Return the range of the clause around a short answer; an empty one where it is long.

    Without a short answer it is all of the evidence.
    """
    evidence, short = found.evidence, found.short
    text, whole = evidence.hit.chunk.text, (evidence.start, evidence.end)
    inside = (short.start, short.end) if short is not None else whole
    wide = _between(_ENDS.finditer(text, *whole), whole, inside)
    part = _between(_PARTS.finditer(text, *wide), wide, inside)
    narrow = _between(_COMMA.finditer(text, *part), part, inside)
    parts = (wide, part, narrow, inside)
    fitting = (part for part in parts if len(text[slice(*part)].split()) <= MOST_CLAUSE_WORDS)
    return _trimmed(text, next(fitting, (whole[0], whole[0])))


def _between(cuts: Iterable[re.Match[str]], limits: Range, inside: Range) -> Range:
    """Return the part between the last cut before what is inside and the first after it."""
    spans = [cut.span() for cut in cuts]
    start = max((end for _, end in spans if end <= inside[0]), default=limits[0])
    return start, min((begin for begin, _ in spans if begin >= inside[1]), default=limits[1])


def _trimmed(text: str, part: Range) -> Range:
    """Return a part without the mark of a point, a joining word and what stands around a clause."""
    point = POINT.match(text, *part)
    leading = _LEADS.match(text, *part)
    opened = point or leading
    start, end = (opened.end() if opened else part[0]), part[1]
    start += len(text[start:end]) - len(text[start:end].lstrip(_AROUND))
    return start, start + len(text[start:end].rstrip(_AROUND))
