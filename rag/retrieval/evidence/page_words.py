"""How much of a question stands on a page: by its plain words, and by its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from rag.datamodel import Hit
from rag.retrieval.context import PageKey, page_key
from rag.understanding.question.asked import Stems, alias
from rag.understanding.question.question import Question

_EMPTY: Final[Stems] = frozenset()


def page_stems(asked: Question, hits: Sequence[Hit]) -> dict[PageKey, Stems]:
    """Return the stems of all that the hits hold of each page, contexts included."""
    found: dict[PageKey, Stems] = {}
    for hit in hits:
        key = page_key(hit.chunk)
        found[key] = found.get(key, _EMPTY) | asked.stems_in(hit.chunk.embedding_text)
    return found


def word_share(asked: Question, importance: Mapping[str, float], stems: Stems) -> float:
    """Return how much of a question's plain words, neither names nor numbers, is among `stems`."""
    plain = {
        stem: value
        for stem, value in importance.items()
        if not stem[0].isdigit() and alias(stem) not in asked.names
    }
    return _share(asked, plain, stems)


def number_share(asked: Question, importance: Mapping[str, float], stems: Stems) -> float:
    """Return how much of its numbers is."""
    numbers = {stem: value for stem, value in importance.items() if stem[0].isdigit()}
    return _share(asked, numbers, stems)


def _share(asked: Question, importance: Mapping[str, float], stems: Stems) -> float:
    """Return the share of importance, in 0..1; 0 of nothing."""
    whole = math.fsum(importance.values())
    said = math.fsum(value * asked.standing(alias(one), stems) for one, value in importance.items())
    return said / whole if whole else 0.0
