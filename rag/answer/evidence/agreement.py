"""Whether two short answers say the same, or cannot both be right. Knows text and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.answer.evidence.answer_candidates import NUMBER, Short
from rag.answer.evidence.ranking import Found
from rag.answer.question.asked import Asked
from rag.text import content_stems, words

LEAST_SECOND: Final = 0.5
"""Two sources are shown as differing only where the second is at least this share as likely."""

LEAST_SIMILARITY: Final = 0.45
"""The cosine of question and evidence under which a source speaks of something else."""

_OBJECTS: Final = re.compile(
    r"\b(?:must object|object(?:s|ed)? to|objection|incorrect\w*|wrong\w*|mistaken\w*|mistakes?"
    r"|errors?|erroneous\w*|in truth|contrary to|contradict\w*|disput\w*|must not be used"
    r"|should (?:read|be)|correct (?:the|this|that)|corrected|correction)\b",
    re.IGNORECASE,
)
_SAID_ALREADY: Final = 0.8
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")


def numbers_of(text: str) -> tuple[str, ...]:
    """Return the numbers of a text, without separators of thousands."""
    return tuple(word for word in words(text) if word[:1].isdigit())


def says_same(one: Found, other: Found) -> bool:
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


def differ(one: Found, other: Found, asked: Asked) -> bool:
    """Tell whether two documents give different numbers for what one number answers."""
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


def objecting(found: Sequence[Found], first: Found, also: Sequence[Found]) -> Found | None:
    """Return what a document says against the first answer's number; None if none does.

    That is a number of the same unit in a text that names the first one's and calls something
    wrong. A document may speak of its own number only if others (`also`) state it too.
    """
    if first.short is None or not numbers_of(first.short.text) or not _units(first.short.text):
        return None
    doc_id, numbers = first.evidence.hit.chunk.doc_id, numbers_of(first.short.text)
    for other in found:
        chunk = other.evidence.hit.chunk
        own = chunk.doc_id == doc_id and not also
        if own or other.evidence.similarity < LEAST_SIMILARITY:
            continue
        if set(numbers) <= set(numbers_of(chunk.text)) and _OBJECTS.search(chunk.text):
            short = _other_number(other, first.short)
            if short is not None:
                return replace(other, short=short)
    return None


def _other_number(found: Found, first: Short) -> Short | None:
    """Return another number of the same unit in a piece of evidence."""
    evidence = found.evidence
    for match in NUMBER.finditer(evidence.hit.chunk.text, evidence.start, evidence.end):
        said = match.group()
        if _units(said) == _units(first.text) and numbers_of(said) != numbers_of(first.text):
            return Short(evidence=evidence, start=match.start(), end=match.end(), form="number")
    return None
