"""What is like the likeliest hits: pseudo-relevance feedback over words and vectors.

A document counts by how likely it is (Lavrenko and Croft, Relevance-Based Language Models, SIGIR
2001); its vector joins the mean that others are compared with (Rocchio, 1971; Li et al., Pseudo
Relevance Feedback with Deep Language Models and Dense Retrievers, TOIS 2023). Where a question has
one right place nothing changes; where it has many, they draw each other up. Knows words, vectors
and chances; knows no hit and no model.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.text import content_stems

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
    """Return the texts as unit rows of BM25 weights of their words, shape (n, words).

    A word is as rare as it is among these very texts: what all of them say tells none apart.
    """
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
