"""Which hit is on the page that answers: a log-linear model over a few plain signs.

Then what is like the likeliest hits is drawn up (`rag.answer.rerank.feedback`). Knows readings,
evidence and pages; knows no model and no store. Implements `Reranker`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.answer.base.logistic import Regression, logistic
from rag.answer.evidence.evidence import EvidenceScorer, coverage
from rag.answer.evidence.features import page_key, page_stems, shares_of
from rag.answer.evidence.reading import READ_HITS, UNREAD, Readings
from rag.answer.question.asked import stems_of
from rag.answer.question.question import Question, understand
from rag.answer.rerank.feedback import feedback
from rag.datamodel import Hit, Query
from rag.protocols import Matrix, Reading

COMPARED_HITS: Final = 50
"""So many hits are compared with the likeliest; the others keep their order behind them."""

LESS_EXPECTED: Final = 0.3
"""By how much the logit of a hit that is not read is less than those of the read at the mean."""

VectorsOf = Callable[[Sequence[str]], Mapping[str, NDArray[np.float32]]]
"""The unit vectors, shape (dim,), of those chunks by id that have one."""

_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "figure": re.compile(
        r"\b(?:charts?|figures?|graphs?|diagrams?|photos?|pictures?|images?|maps?|drawings?)\b",
        re.IGNORECASE,
    ),
    "table": re.compile(r"\b(?:tables?|rows?|columns?)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HitSigns(Regression):
    """What speaks for a hit, or what each of it weighs (then `intercept` is added).

    `found` is the fused score less that of the first hit, `relevance` the reader's, `evidence`
    the score of its best sentence or row, `on_page` the share of the question's plain words that
    stand on the page, `numbers` that of its numbers in the hit's text, `context` the share of the
    question's words in the hit's context (file, title, heading) less the largest of all, `form`
    whether the hit is the table or figure that is asked about. `agreed` is the logarithm of the
    plain fusion by rank of the searches that found it, less the largest of all.
    """

    intercept: float = 1.0
    found: float = 0.0
    agreed: float = 0.0
    relevance: float = 0.0
    evidence: float = 0.0
    on_page: float = 0.0
    numbers: float = 0.0
    context: float = 0.0
    form: float = 0.0


WEIGHTS: Final = HitSigns(
    intercept=-2.381,
    found=2.063,
    agreed=2.0,
    relevance=1.759,
    evidence=1.722,
    on_page=0.711,
    numbers=0.549,
    context=0.741,
    form=0.871,
)
"""Fitted by `training.answers.chances` on documents' questions, but for `agreed`: it keeps the
order near a plain fusion where nothing like it was fitted on (see benchmarks/LOG.md)."""

RANK_OFFSET: Final = 60
"""Cormack, Clarke and Buettcher, Reciprocal Rank Fusion, SIGIR 2009."""


class EvidenceReranker:
    """Reads the first hits with the question and orders hits by all that is known of them.

    `vectors_of` gives the vectors by which hits are compared; without them words alone are.
    """

    def __init__(
        self,
        readings: Readings,
        scorer: EvidenceScorer,
        *,
        vectors_of: VectorsOf = lambda _: {},
        weights: HitSigns = WEIGHTS,
    ) -> None:
        self._readings = readings
        self._scorer = scorer
        self._vectors_of = vectors_of
        self._weights = weights

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order the first hits by the chance of being on the right page; the others follow them.

        Scores fall within 0..1. Each hit that was read carries its relevance.
        """
        first = hits[:COMPARED_HITS]
        if not first:
            return []
        asked = understand(query)
        read = self._readings.read(asked, first[:READ_HITS])
        logits = self._logits(asked, first, read)
        scored = [
            replace(hit, score=logistic(logit), channel="reranked", relevance=relevance)
            for hit, logit, relevance in zip(first, logits, _relevances(read, first), strict=True)
        ]
        scored.sort(key=lambda hit: (-hit.score, hit.rank))
        rest = [
            replace(h, score=scored[-1].score / 2, channel="reranked") for h in hits[len(first) :]
        ]
        return [replace(hit, rank=n) for n, hit in enumerate([*scored, *rest], start=1)]

    def _logits(self, asked: Question, hits: Sequence[Hit], read: Sequence[Reading]) -> list[float]:
        """Return how likely each hit is, in nats; of the first, `read` tells what they say."""
        signs = self.signs(asked, hits[: len(read)], read)
        of_read = np.array([self._weights.logit_of(one) for one in signs])
        best = max(hit.score for hit in hits)
        found = self._weights.found * np.array([hit.score - best for hit in hits])
        found += self._weights.agreed * np.array(_agreed(hits))
        expected = float(np.mean(of_read - found[: len(read)])) - LESS_EXPECTED
        logits = np.concatenate([of_read, found[len(read) :] + expected])
        texts = [hit.chunk.embedding_text for hit in hits]
        added = feedback(texts, self._rows(hits), of_read)
        likely: list[float] = (logits + added).tolist()
        return likely

    def _rows(self, hits: Sequence[Hit]) -> Matrix | None:
        """Return the hits' vectors, shape (n, dim); None where any has none."""
        ids = [hit.chunk.id for hit in hits]
        rows = self._vectors_of(ids)
        return np.stack([rows[key] for key in ids]) if all(key in rows for key in ids) else None

    def signs(
        self, asked: Question, hits: Sequence[Hit], read: Sequence[Reading]
    ) -> list[HitSigns]:
        """Return what speaks for each hit."""
        importance = self._scorer.importance(asked)
        pages = page_stems(hits)
        best = max((hit.score for hit in hits), default=0.0)
        contexts = [coverage(hit.chunk.context, importance, asked) for hit in hits]
        evidence = self._evidence(asked, hits)
        return [
            HitSigns(
                found=hit.score - best,
                agreed=agreed,
                relevance=reading.relevance,
                evidence=evidence.get(hit.chunk.id, 0.0),
                on_page=shares_of(asked, importance, pages[page_key(hit)])[0],
                numbers=shares_of(asked, importance, stems_of(hit.chunk.text))[1],
                context=context - max(contexts),
                form=float(asks_for(asked, hit.chunk.role)),
            )
            for hit, reading, context, agreed in zip(
                hits, read, contexts, _agreed(hits), strict=True
            )
        ]

    def _evidence(self, asked: Question, hits: Sequence[Hit]) -> dict[str, float]:
        """Return the score of each chunk's best evidence, by its id."""
        found = self._scorer.find(asked, hits)
        return {one.hit.chunk.id: one.score for one in reversed(found)}  # the best is kept


def _agreed(hits: Sequence[Hit]) -> list[float]:
    """Return the logarithm of each hit's fusion by rank, less the largest; 0 without ranks."""
    fused = [sum(1 / (RANK_OFFSET + rank) for _, rank in hit.found_by) for hit in hits]
    most, least = max(fused, default=0.0), min((one for one in fused if one), default=0.0)
    return [math.log((one or least) / most) if most else 0.0 for one in fused]


def asks_for(asked: Question, role: str) -> bool:
    """Tell whether the question names the form of such a passage: "in the chart", "which row"."""
    form = _FORMS.get(role) if asked.rules.on("forms") else None
    return form is not None and form.search(asked.text) is not None


def _relevances(read: Sequence[Reading], hits: Sequence[Hit]) -> list[float | None]:
    """Return the relevance of each hit that was read, None for the others."""
    told = [None if reading is UNREAD else reading.relevance for reading in read]
    return [*told, *[None] * (len(hits) - len(told))]
