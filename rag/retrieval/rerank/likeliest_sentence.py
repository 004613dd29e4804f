"""A second look at what is found first across languages: by the likeliest sentence of each hit.

One vector of a passage blurs what a single sentence of it says; so the sentences of the first hits
are each compared with the question (passages by their best piece: Callan, SIGIR 1994; Dai and
Callan, SIGIR 2019). Knows hits, their sentences and cosines; knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Hit, Query
from rag.languages import is_foreign, is_foreign_question, language_of
from rag.retrieval.evidence.evidence import candidates
from rag.retrieval.retriever import NEARNESS

LOOKED_AT: Final = 3
"""So many hits; of eight the answering one is first as often (see benchmarks/LOG.md)."""

REACH: Final = 0.5
"""What is further behind the first hit is not brought before it by a sentence: so half as many are
compared, and the same hits come first (see benchmarks/LOG.md)."""

Similar = Callable[[str, Sequence[str]], list[float] | None]
"""Returns the cosine of a question with each of some texts across languages; None where it can't.
"""


def by_sentences(similar: Similar, query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, the first few of them ordered by their scores and likeliest sentences.

    Each gains by how much nearer its sentence is than that of the farthest. Where question and
    first hits are in one language, and where nothing compares, all stays as it is.
    """
    first = [hit for hit in hits[:LOOKED_AT] if hit.score >= hits[0].score - REACH]
    if len(first) <= 1 or not any(_is_across(query.spoken, hit) for hit in first):
        return list(hits)
    pieces = [[one.text for one in candidates(hit)] or [hit.chunk.text] for hit in first]
    cosines = similar(query.spoken, [text for own in pieces for text in own])
    if cosines is None:
        return list(hits)
    left = iter(cosines)
    best = [max(next(left) for _ in own) for own in pieces]
    looked = [
        replace(hit, score=hit.score + NEARNESS * (cosine - min(best)))
        for hit, cosine in zip(first, best, strict=True)
    ]
    looked.sort(key=lambda hit: (-hit.score, hit.rank))
    return [*looked, *hits[len(first) :]]


def _is_across(question: str, hit: Hit) -> bool:
    """Tell whether a question and a hit are in different languages; what tells none is English."""
    language = hit.chunk.language
    if language is None:
        language = language_of(hit.chunk.text) if is_foreign(hit.chunk.text) else "en"
    if not is_foreign_question(question):
        return language != "en"
    return language != language_of(question)
