"""How likely the documents hold the answer: a calibrated chance, from three plain signs.

The likeness of question and best evidence, the rarest word of the question that the best
documents never use, and a year that the question names and the best evidence does not. Knows the
`Index` protocol; knows no model.
"""

from __future__ import annotations

import glob
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.evidence import Evidence, EvidenceScorer
from rag.datamodel import Chunk, Filters, Hit
from rag.protocols import Index
from rag.text import STOP_WORDS, content_stems, stem, words

_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")
_FISCAL: Final = re.compile(r"\bfy\s?(?=\d)", re.IGNORECASE)

FORM_STEMS: Final = frozenset(
    map(
        stem,
        "chart charts figure table tables slide slides graph diagram picture photo image page pages"
        " document documents file paper article report receipt deck bullet column row cell list"
        " listed shown show mention appear section title word letter mail e line bar pie map"
        " drawing scan screenshot spreadsheet sheet book chapter author written number percentage"
        " percent name date identifier value question answer text data first second third fourth"
        " fifth sixth last between compared higher lower highest lowest largest smallest more most"
        " less least total different difference".split(),
    )
)
"""Words of questions about the form of a document or of the answer: a chart need not say so."""

DOCUMENTS: Final = 2
"""A word is missing if none of so many best documents uses it; a question may need both."""

CHUNKS: Final = 3
"""A year is missing if none of so many best pieces of evidence stands by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A logistic regression, fitted on questions with and without an answer in the documents.

    Over 10 folds of 240 questions its AUROC is 0.74; see benchmarks/LOG.md. `missing_word`
    weighs the word's rarity in nats.
    """

    intercept: float = 0.1
    similarity: float = 3.47
    missing_word: float = -0.104
    missing_year: float = -2.28


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
        return self._chance(_FISCAL.sub("", question), found) if found else 0.0

    def _chance(self, question: str, found: Sequence[Evidence]) -> float:
        w, chunks = self._weights, [evidence.hit.chunk for evidence in found]
        logit = (
            w.intercept
            + w.similarity * found[0].similarity
            + w.missing_word * self._rarest_missing(question, chunks)
            + w.missing_year * names_missing_year(question, chunks[:CHUNKS])
        )
        return 1 / (1 + math.exp(-logit))

    def _rarest_missing(self, question: str, chunks: Sequence[Chunk]) -> float:
        """Return the rarity of the rarest word that the best documents never use; else 0."""
        sources = list(dict.fromkeys(chunk.source for chunk in chunks))[:DOCUMENTS]
        known = set(content_stems(chunks[0].embedding_text)) | FORM_STEMS
        absent = {w for w in words(question) if w not in STOP_WORDS and stem(w) not in known}
        absent = {w for w in absent if not any(self._uses(source, w) for source in sources)}
        frequencies, total = self._index.document_frequencies(sorted(absent))
        return max((rarity(frequencies.get(word, 0), total) for word in absent), default=0.0)

    def _uses(self, source: str, word: str) -> bool:
        only = Filters(source_glob=glob.escape(source))
        return bool(self._index.search_lexical(word, k=1, filters=only))


def rarity(frequency: int, total: int) -> float:
    """Return the inverse document frequency of a word, in nats, never negative."""
    return max(0.0, math.log((total + 1) / (frequency + 0.5)))


def names_missing_year(question: str, chunks: Iterable[Chunk]) -> bool:
    """Tell whether the question names a year that none of the chunks or their contexts does."""
    named = {year for chunk in chunks for year in _YEAR.findall(chunk.embedding_text)}
    return bool(set(_YEAR.findall(question)) - named)
