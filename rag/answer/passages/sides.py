"""Both sides of a comparison: whether an answer names them, and which was found of each.

Knows questions, words and hits; knows no model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rag.answer.question.asked import MONTHS, Stems, stems_of
from rag.answer.question.question import Question
from rag.datamodel import Hit

LEAST_TOLD: Final = 0.5
"""A side is named by this share of the words that the other has not."""

_TIMES: Final = MONTHS | {"one"}
"""What "the one from May" is called by is no name of documents."""

LEAST_OWN: Final = 0.7
"""A document is one side's that names it in more than this share of what names one of both."""


def names_both(text: str, asked: Question) -> bool:
    """Tell whether a text names both sides of the comparison that is asked for, if one is."""
    told = stems_of(text)
    return all(_names(told, side) for side in _sides(asked))


def apart(asked: Question, hits: Sequence[Hit]) -> list[list[Hit]]:
    """Return by side the hits of its documents; [] where a side has no name or none of its own."""
    names = [side - _TIMES for side in _sides(asked)]
    told = [(hit.chunk.doc_id, stems_of(hit.chunk.embedding_text)) for hit in hits]
    named = [Counter(doc for doc, text in told if side and _names(text, side)) for side in names]
    every = sum(named, Counter[str]())
    own = [
        [hit for hit in hits if docs[hit.chunk.doc_id] > LEAST_OWN * every[hit.chunk.doc_id]]
        for docs in named
    ]
    return own if all(own) else []


def _sides(asked: Question) -> list[Stems]:
    """Return the stems of each side that the other has not; names alone where both have one."""
    sides = [stems_of(side) for side in asked.sides]
    common = frozenset.intersection(*sides) if sides else frozenset()
    own = [side - common for side in sides]
    names = [frozenset(stem for stem in side if not stem.isdecimal()) for side in own]
    return names if all(names) else own


def _names(told: Stems, side: Stems) -> bool:
    return len(told & side) >= LEAST_TOLD * len(side)
