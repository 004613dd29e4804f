"""How likely the documents hold the answer: a calibrated chance, from three plain signs.

The likeness of question and best evidence, the rarest word of the question that the evidence's
document never uses, and a year that the question names and the passage does not. Knows the
`Index` protocol; knows no model.
"""

from __future__ import annotations

import glob
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.evidence import Evidence, EvidenceScorer
from rag.datamodel import Chunk, Filters, Hit
from rag.protocols import Index
from rag.text import STOP_WORDS, content_stems, stem, words

_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A logistic regression, fitted on questions with and without an answer in the documents.

    Over 10 folds of 240 questions its AUROC is 0.76 (0.65 for the evidence's own score); see
    benchmarks/LOG.md. `missing_word` weighs the word's rarity in nats.
    """

    intercept: float = 0.36
    similarity: float = 3.8
    missing_word: float = -0.166
    missing_year: float = -1.85


class Confidence:
    """Estimates whether hits answer a question."""

    def __init__(
        self, index: Index, scorer: EvidenceScorer, *, weights: Weights | None = None
    ) -> None:
        self._index = index
        self._scorer = scorer
        self._weights = weights or Weights()

    def estimate(self, question: str, hits: Sequence[Hit]) -> float:
        """Return the chance, in 0..1, that the hits hold the answer; 0 without any evidence."""
        found = self._scorer.find(question, hits)
        return self._chance(question, found[0]) if found else 0.0

    def _chance(self, question: str, best: Evidence) -> float:
        w, chunk = self._weights, best.hit.chunk
        logit = (
            w.intercept
            + w.similarity * best.similarity
            + w.missing_word * self._rarest_missing(question, chunk)
            + w.missing_year * names_missing_year(question, chunk)
        )
        return 1 / (1 + math.exp(-logit))

    def _rarest_missing(self, question: str, chunk: Chunk) -> float:
        """Return the rarity of the rarest word that the chunk's document never uses; else 0."""
        known = set(content_stems(chunk.embedding_text))
        absent = {w for w in words(question) if w not in STOP_WORDS and stem(w) not in known}
        absent = {word for word in absent if not self._document_uses(chunk, word)}
        frequencies, total = self._index.document_frequencies(sorted(absent))
        return max((rarity(frequencies.get(word, 0), total) for word in absent), default=0.0)

    def _document_uses(self, chunk: Chunk, word: str) -> bool:
        only = Filters(source_glob=glob.escape(chunk.source))
        return bool(self._index.search_lexical(word, k=1, filters=only))


def rarity(frequency: int, total: int) -> float:
    """Return the inverse document frequency of a word, in nats, never negative."""
    return max(0.0, math.log((total + 1) / (frequency + 0.5)))


def names_missing_year(question: str, chunk: Chunk) -> bool:
    """Tell whether the question names a year that neither the chunk nor its context does."""
    years = set(_YEAR.findall(question))
    return bool(years - set(_YEAR.findall(chunk.embedding_text)))
