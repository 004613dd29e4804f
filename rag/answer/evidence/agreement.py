"""Whether two short answers say the same, or cannot both be right. Knows text and numbers."""

from __future__ import annotations

import re
from typing import Final

from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import Question
from rag.text import content_stems, words

LEAST_SECOND: Final = 0.5
"""Two sources are shown as differing only where the second is at least this share as likely."""

LEAST_SIMILARITY: Final = 0.45
"""The cosine of question and evidence under which a source speaks of something else."""

_SAID_ALREADY: Final = 0.8


def numbers_of(text: str) -> tuple[str, ...]:
    """Return the numbers of a text, without separators of thousands."""
    return tuple(word for word in words(text) if word[:1].isdigit())


def says_same(one: FoundAnswer, other: FoundAnswer) -> bool:
    """Tell whether the short answers are the same number or words, or the evidence repeats."""
    if one.short is not None and other.short is not None:
        first, second = one.short.text, other.short.text
        if words(first) == words(second):
            return True
        if numbers_of(first) or numbers_of(second):
            return numbers_of(first) == numbers_of(second) and _units(first) == _units(second)
    return _repeats(one.evidence.text, other.evidence.text)


def _units(text: str) -> str:
    return re.sub(r"[\s\d.,()]", "", text).lower()


def _repeats(one: str, other: str) -> bool:
    """Tell whether most words of the shorter are the other's, and all of its numbers."""
    stems, others = set(content_stems(one)), set(content_stems(other))
    if any(any(c.isdigit() for c in stem) for stem in others - stems):
        return False
    return len(stems & others) >= _SAID_ALREADY * min(len(stems), len(others))


def differ(one: FoundAnswer, other: FoundAnswer, asked: Question) -> bool:
    """Tell whether two documents give different numbers for what one number answers."""
    if not asked.rules.on("agreement"):
        return False
    if one.short is None or other.short is None or other.chance < LEAST_SECOND * one.chance:
        return False
    if one.evidence.hit.chunk.doc_id == other.evidence.hit.chunk.doc_id:
        return False
    if min(one.evidence.similarity, other.evidence.similarity) < LEAST_SIMILARITY:
        return False
    first, second = numbers_of(one.short.text), numbers_of(other.short.text)
    if asked.kind not in ("number", "percent", "money", "date") or not first or not second:
        return False
    return first != second and _units(one.short.text) == _units(other.short.text)
