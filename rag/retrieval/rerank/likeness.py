"""How like hits are to the likeliest, and how well their words and sentences meet the question.

Pseudo-relevance feedback (Lavrenko and Croft, SIGIR 2001; Rocchio, 1971; Li et al., TOIS 2023);
late interaction (MaxSim of Khattab and Zaharia, ColBERT, SIGIR 2020) by an embedder not trained for
it; across languages passages by their best sentence (Dai and Callan, SIGIR 2019).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Hit, Query
from rag.languages import is_foreign, is_foreign_question, language_of
from rag.protocols import Matrix
from rag.retrieval.evidence.evidence import candidates
from rag.retrieval.retriever import NEARNESS
from rag.retrieval.vector_cache import KeptResults
from rag.text import content_stems
from rag.understanding.question.question import Question

SHARPNESS: Final = 2.0
"""The likeliest hits count by the softmax of so many times their logits."""

MEANING: Final = 2.0
WORDS: Final = 5.0
"""What a cosine of vectors, and one of words, adds to a logit. Half and twice of either serve as
well: nDCG@10 of three judged collections gains .012 to .017 (see benchmarks/LOG.md)."""

BM25_K1: Final = 1.2
BM25_B: Final = 0.75
"""How fast a word that comes again counts less, and how much long texts are held back."""

Vector = NDArray[np.float64]
"""(n,)."""


def feedback(texts: Sequence[str], rows: Matrix | None, logits: Vector) -> Vector:
    """Return what likeness to the likeliest adds to the logit of each text: shape (n,).

    `rows` are unit vectors, shape (n, dim), or None where there are none; `logits` tell how likely
    the first m texts are, shape (m,). The likeliest get about 0: only differences count.
    """
    shares = np.exp(SHARPNESS * (logits - logits.max()))
    shares /= shares.sum()
    added = WORDS * _likeness(word_rows(texts), shares)
    return added if rows is None else added + MEANING * _likeness(rows, shares)


def _likeness(rows: Matrix, shares: Vector) -> Vector:
    """Return the cosines to the mean of the first rows, less what these have in the mean."""
    first = len(shares)
    centre = shares @ rows[:first]
    cosines: Vector = rows @ centre / max(float(np.linalg.norm(centre)), 1e-9)
    return cosines - shares @ cosines[:first]


def word_rows(texts: Sequence[str]) -> Matrix:
    """Return texts as unit rows of BM25 weights, rare among these very texts: (n, words)."""
    counts = [Counter(content_stems(text)) for text in texts]
    found_in = Counter(stem for count in counts for stem in count)
    columns = {stem: column for column, stem in enumerate(found_in)}
    rarity = {stem: math.log((len(texts) + 1) / (n + 0.5)) for stem, n in found_in.items()}
    lengths = [count.total() for count in counts]
    mean = max(1.0, sum(lengths) / len(texts))
    rows = np.zeros((len(texts), len(columns)), dtype=np.float32)
    for row, count, length in zip(rows, counts, lengths, strict=True):
        held_back = BM25_K1 * (1 - BM25_B + BM25_B * length / mean)
        for stem, n in count.items():
            row[columns[stem]] = rarity[stem] * n / (n + held_back)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Matrix = rows / np.maximum(norms, 1e-9)
    return unit


MAX_KEPT: Final = 512
"""States of so many texts are kept: some 110 KB each."""

DECIMALS: Final = 5
"""Beyond these a sum of floats depends on how it was shared out."""

StatesOf = Callable[[Sequence[str]], Sequence[Matrix]]
"""For each text the unit rows of its tokens, shape (tokens, dim)."""


_States = NDArray[np.float16]


class LateInteraction:
    """Weighs texts by their tokens; keeps the states of those that came last. Thread-safe."""

    def __init__(self, states_of: StatesOf, *, max_kept: int = MAX_KEPT) -> None:
        self._states_of = states_of
        self._kept = KeptResults[str, str, _States](self._short, max_kept=max_kept)

    def met(self, asked: Question, texts: Mapping[str, str]) -> dict[str, float]:
        """Return by the key of each text how well it meets the question, 0..1 but for noise."""
        words = self._states_of([asked.text])[0]
        kept = self._kept.of(texts)
        return dict(zip(kept, _met(words, list(kept.values())), strict=True))

    def _short(self, texts: Sequence[str]) -> list[_States]:
        return [states.astype(np.float16) for states in self._states_of(texts)]


def _met(asked: Matrix, passages: Sequence[_States]) -> list[float]:
    """Return for each text the mean over the question's tokens of the nearest one's cosine."""
    lengths = [len(states) for states in passages]
    if not len(asked) or not any(lengths):
        return [0.0] * len(passages)
    # All texts in one product: sharing out twelve small ones among threads costs more than they do.
    cosines = asked @ np.concatenate(passages).astype(np.float32).T
    ends = np.cumsum(lengths)
    return [
        round(float(cosines[:, end - n : end].max(axis=1).mean()), DECIMALS) if n else 0.0
        for end, n in zip(ends, lengths, strict=True)
    ]


LOOKED_AT: Final = 3
"""So many hits; of eight the answering one is first as often (see benchmarks/LOG.md)."""

REACH: Final = 0.5
"""What is further behind the first hit is not brought before it by a sentence: so half as many are
compared, and the same hits come first (see benchmarks/LOG.md)."""

Similar = Callable[[str, Sequence[str]], list[float] | None]
"""Returns the cosine of a question with each of some texts across languages; None where it can't.
"""


def by_sentences(similar: Similar, query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, the first few by score and likeliest sentence, across languages alone."""
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
