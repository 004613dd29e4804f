"""The words of a source around a short answer, as they are quoted. Knows found evidence alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from typing import Final

from rag.answer.base.citations import CELL_DOT
from rag.answer.base.scale import with_scale
from rag.answer.base.tables import column_names, row_quotation
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Chunk

FIRST_QUOTE_WORDS: Final = 18
OTHER_QUOTE_WORDS: Final = 10
MOST_SHORT_WORDS: Final = 16
"""A longer answer is its own quotation."""

LEAST_UNDER: Final = 6
"""A line of fewer words is a heading where one of so many follows it."""

POINT: Final = re.compile(r"\s*(?:[-•*–▪]|\(?[0-9a-z]{1,2}[.)])\s+(?=\S)")
"""The mark before a point of a list."""

_TOKEN: Final = re.compile(r"[^\s|]+")


def short_answer(found: FoundAnswer, asked: Question) -> str:
    """Return the short answer as one line; "" where the quotation alone says it as well.

    A number of a table gets the scale that the table states for all.
    """
    if found.short is None:
        return ""
    text = " ".join(found.short.text.replace("*", " ").replace("|", CELL_DOT).split())
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    text = text.rstrip(",;:")
    whole = " ".join(found.evidence.text.split())
    if text == whole or len(text.split()) > MOST_SHORT_WORDS:
        return ""
    chunk = found.evidence.hit.chunk
    return with_scale(text, chunk, found.short.start, is_named=asked.leaves_scale)


def quotation(found: FoundAnswer, asked: Question, *, most_words: int) -> str:
    """Return the words of the evidence around the short answer; of a table row its cells."""
    evidence = found.evidence
    chunk = evidence.hit.chunk
    start, end = line_of(found)
    row = chunk.text[start:end]
    if quotes_row(found):
        answer = found.short.text if found.short else ""
        return row_quotation(
            column_names(chunk),
            row,
            asked.content_or_same,
            answer=answer,
            most_words=most_words,
            stems=asked.content_in,
        )
    inside = (found.short.start, found.short.end) if found.short else None
    if found.short and found.short.end - found.short.start > end - start:
        start, end = evidence.start, evidence.end
    start = _after_point(chunk, _under_heading(chunk, start, end, inside), end, inside)
    quote = shortened(chunk.text, (start, end), asked, inside=inside, most_words=most_words)
    return f"“{' '.join(quote.replace('|', CELL_DOT).split())}”"


def _under_heading(chunk: Chunk, start: int, end: int, inside: tuple[int, int] | None) -> int:
    """Return where the words begin that stand under a heading, if all that is wanted does."""
    _, told = under_heading(chunk.text[start:end], chunk.headings)
    under = end - len(told)
    return under if chunk.role != "figure" and (not inside or inside[0] >= under) else start


def _after_point(chunk: Chunk, start: int, end: int, inside: tuple[int, int] | None) -> int:
    """Return where the words of a point begin, if all that is wanted stands after its mark."""
    point = POINT.match(chunk.text, start, end)
    return point.end() if point and (not inside or inside[0] >= point.end()) else start


def under_heading(text: str, headings: Collection[str]) -> tuple[str, str]:
    """Divide a piece of text into the heading that opens it, and what is under it.

    One of the `headings` of its section, or a short line above a longer one.
    """
    heading, _, told = text.partition("\n")
    is_short = heading[-1:] not in ".!?,;" and "\n" not in told.strip()
    is_above = is_short and len(heading.split()) < LEAST_UNDER <= len(told.split())
    if is_above or (heading in headings and told.strip()):
        return heading.rstrip(" :"), told
    return "", text


def quotes_row(found: FoundAnswer) -> bool:
    """Tell whether the row of a table is quoted, and no sentence."""
    start, end = line_of(found)
    chunk = found.evidence.hit.chunk
    return chunk.role == "table" and CELL_SEPARATOR in chunk.text[start:end]


def line_of(found: FoundAnswer) -> tuple[int, int]:
    """Return the table row that holds the short answer; of anything else all the evidence."""
    evidence, short = found.evidence, found.short
    if short is None or evidence.hit.chunk.role != "table":
        return evidence.start, evidence.end
    text = evidence.hit.chunk.text
    start = text.rfind("\n", evidence.start, short.start) + 1 or evidence.start
    end = text.find("\n", short.end, evidence.end)
    return start, evidence.end if end < 0 else end


def shortened(
    text: str,
    limits: tuple[int, int],
    asked: Question,
    *,
    inside: tuple[int, int] | None = None,
    most_words: int,
) -> str:
    """Return a part of a range of at most `most_words`, whole words: what is `inside`, centred.

    With nothing inside it is what shares most with the question. What is left out is shown as `…`.
    """
    first, last = limits
    spans = [(m.start(), m.end()) for m in _TOKEN.finditer(text, first, last)]
    if len(spans) <= most_words:
        return text[first:last]
    starts = len(spans) - most_words
    if inside is None:
        best = _fullest(text, spans, asked, most_words)
    else:
        held = [n for n, (a, b) in enumerate(spans) if a < inside[1] and inside[0] < b]
        best = max(0, min((held[0] + held[-1] - most_words + 1) // 2, starts)) if held else 0
    end = spans[best + most_words - 1][1]
    return ("… " if best else "") + text[spans[best][0] : end] + (" …" if best < starts else "")


def _fullest(text: str, spans: Sequence[tuple[int, int]], asked: Question, most_words: int) -> int:
    """Return where the part begins that holds most words of the question."""
    scores = [bool(asked.stems & asked.stems_in(text[a:b])) for a, b in spans]
    sums = [0, *itertools.accumulate(scores)]
    starts = range(len(spans) - most_words + 1)
    return max(starts, key=lambda i: (sums[i + most_words] - sums[i], -i))
