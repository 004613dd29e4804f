"""What of a piece of text is quoted: its part below a heading, and of a long one the best words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from typing import Final

from rag.answer.question.question import Question

MIN_UNDER: Final = 6
"""A line of fewer words is a heading where one of so many follows it."""

POINT: Final = re.compile(r"\s*(?:[-•*–▪]|\(?[0-9a-z]{1,2}[.)])\s+(?=\S)")
"""The mark before a point of a list."""

_TOKEN: Final = re.compile(r"[^\s|]+")


def under_heading(text: str, headings: Collection[str]) -> tuple[str, str]:
    """Divide a piece of text into the heading that opens it, and what is under it.

    One of the `headings` of its section, or a short line above a longer one.
    """
    heading, _, told = text.partition("\n")
    is_short = heading[-1:] not in ".!?,;" and "\n" not in told.strip()
    is_above = is_short and len(heading.split()) < MIN_UNDER <= len(told.split())
    if is_above or (heading in headings and told.strip()):
        return heading.rstrip(" :"), told
    return "", text


def shortened(text: str, limits: tuple[int, int], asked: Question, *, max_words: int) -> str:
    """Return of a range at most `max_words` whole words: what shares most with the question.

    What is left out is shown as `…`.
    """
    first, last = limits
    spans = [(m.start(), m.end()) for m in _TOKEN.finditer(text, first, last)]
    if len(spans) <= max_words:
        return text[first:last]
    best = _fullest(text, spans, asked, max_words)
    after = " …" if best < len(spans) - max_words else ""
    return f"{'… ' if best else ''}{text[spans[best][0] : spans[best + max_words - 1][1]]}{after}"


def _fullest(text: str, spans: Sequence[tuple[int, int]], asked: Question, max_words: int) -> int:
    """Return where the part begins that holds most words of the question."""
    scores = [bool(asked.stems & asked.stems_in(text[a:b])) for a, b in spans]
    sums = [0, *itertools.accumulate(scores)]
    starts = range(len(spans) - max_words + 1)
    return max(starts, key=lambda i: (sums[i + max_words] - sums[i], -i))
