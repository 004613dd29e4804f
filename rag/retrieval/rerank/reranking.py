"""Which hit is on the page that answers: a log-linear model over a few plain signs."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Hit, Query
from rag.glossary.lexicon import LANGUAGES
from rag.languages import is_foreign
from rag.logistic import Regression, logistic
from rag.protocols import Reading
from rag.retrieval.context import page_key
from rag.retrieval.evidence.evidence import EvidenceScorer, coverage
from rag.retrieval.evidence.reading import UNREAD, Readings, asks_for, page_stems
from rag.retrieval.fusion import renumber
from rag.retrieval.named_documents import with_names
from rag.retrieval.rerank.likeness import feedback
from rag.understanding.question.question import Question, understand
from rag.understanding.question.question_words import Stems, alias, stems_of

COMPARED_HITS: Final = 50
"""So many hits are compared with the likeliest; the others keep their order behind them."""

WEIGHED_HITS: Final = 40
"""So many hits are weighed by all that is known of them without reading: all of twenty found and
twenty that are nearest by meaning (see benchmarks/LOG.md)."""

MET_HITS: Final = 20
"""Of so many, the likeliest of these by all else, each token is compared with the question's: with
all of them the same facts are found (see benchmarks/LOG.md)."""

READ_FIRST: Final = 6
"""So many of the likeliest of these are read, and so many as they were found: the page that answers
is as often first, and among the first five, as with all of them read (six sets of questions; see
benchmarks/LOG.md)."""

READ_ALONE: Final = 4
"""So many of the likeliest are read first, and no others where one of these answers: a tenth less
is read for a question, and no fact of the sets is lost by it (see benchmarks/LOG.md)."""

SURE_ALONE: Final = 0.9
"""A hit read to be relevant by this answers so surely that the likeliest are enough."""

LESS_EXPECTED: Final = 0.3
"""By how much the logit of a hit that less is known of is below what would be expected."""

VectorsOf = Callable[[Sequence[str]], Mapping[str, NDArray[np.float32]]]
"""The unit vectors, shape (dim,), of those chunks by id that have one."""

Met = Callable[[Question, Mapping[str, str]], Mapping[str, float]]
"""How well texts by id meet each word of a question; none where that is not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitSigns(Regression):
    """What speaks for a hit, or what each of it weighs (then `intercept` is added).

    `found` is the fused score less that of the first hit, `relevance` the reader's, `evidence`
    the score of its best sentence or row, `on_page` the share of the question's plain words that
    stand on the page, `numbers` that of its numbers in the hit's text, `context` the share of the
    question's words in the hit's context (file, title, heading) less the largest of all, `form`
    whether the hit is the table, figure or recording that is asked about. `agreed` is the logarithm
    of the plain fusion by rank of the searches that found it, less the largest of all; `met` how
    well it meets every word of the question (`late_interaction`), less the largest of all,
    `page_met` and `document_met` what the best hit of its page and document has. `table` tells that
    it is one, `length` is the logarithm of one more than its words: more of them tell more.
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
    met: float = 0.0
    page_met: float = 0.0
    document_met: float = 0.0
    table: float = 0.0
    length: float = 0.0


WEIGHTS: Final = HitSigns(
    intercept=-2.33,
    found=1.29,
    agreed=1.3,
    relevance=1.87,
    evidence=1.37,
    on_page=0.5,
    numbers=0.47,
    context=0.41,
    form=0.64,
    met=4.3,
    page_met=6.4,
    document_met=1.2,
    table=0.3,
    length=0.21,
)
"""The mean of a fit on what people ask of four folders of documents and of one on questions that
look facts up, both as `training.answers.chances` fits (see training/LOG.md)."""

RANK_OFFSET: Final = 60
"""Cormack, Clarke and Buettcher, Reciprocal Rank Fusion, SIGIR 2009."""


@dataclass(frozen=True, eq=False)
class EvidenceReranker:
    """Reads the first hits with the question and orders hits by all that is known of them."""

    readings: Readings
    scorer: EvidenceScorer
    _: KW_ONLY
    vectors_of: VectorsOf = lambda _: {}
    met: Met = lambda _asked, _texts: {}
    weights: HitSigns = WEIGHTS

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order the first hits by the chance of being on the right page; the others follow them.

        Scores fall within 0..1. Each hit that was read carries its relevance. What was heard is
        right no more often than its words. Where question or hits are in languages that can't be
        weighed, they stay as they were found, and unread.
        """
        asked = understand(query)
        first = with_names(asked, hits[:COMPARED_HITS])
        if not first:
            return []
        clear = np.array([is_clear(asked, hit) for hit in first[:WEIGHED_HITS]])
        if not clear.any():
            within = (replace(hit, score=min(1.0, hit.score), channel="reranked") for hit in hits)
            return renumber(list(within))
        plain = self._plain(asked, first[:WEIGHED_HITS])
        read = self._read(asked, first, plain)
        signs = self._with_reading(asked, [(first[n], plain[n]) for n in read], list(read.values()))
        logits = self._logits(first, plain, dict(zip(read, signs, strict=True)), clear)
        relevances = {n: None if one is UNREAD else one.relevance for n, one in read.items()}
        scored = [
            replace(
                hit,
                score=hit.chunk.heard_probability * logistic(logit),
                channel="reranked",
                relevance=relevances.get(n),
            )
            for n, (hit, logit) in enumerate(zip(first, logits, strict=True))
        ]
        scored.sort(key=lambda hit: (-hit.score, hit.rank))
        rest = [
            replace(h, score=scored[-1].score / 2, channel="reranked") for h in hits[len(first) :]
        ]
        return renumber([*scored, *rest])

    def _read(
        self, asked: Question, hits: Sequence[Hit], plain: Sequence[HitSigns]
    ) -> dict[int, Reading]:
        logits = [self.weights.logit_of(one) for one in plain]
        likeliest = sorted(range(len(plain)), key=lambda n: -logits[n])[:READ_FIRST]
        chosen = sorted(likeliest[:READ_ALONE])
        read = self.readings.read(asked, [hits[n] for n in chosen])
        if all(one.relevance < SURE_ALONE for one in read):
            chosen = sorted({*likeliest, *range(len(plain))[:READ_FIRST]})
            read = self.readings.read(asked, [hits[n] for n in chosen])
        return dict(zip(chosen, read, strict=True))

    def _logits(
        self,
        hits: Sequence[Hit],
        plain: Sequence[HitSigns],
        read_signs: Mapping[int, HitSigns],
        clear: NDArray[np.bool_],
    ) -> list[float]:
        """Return each hit's chance in nats; of those not `clear` only how they were found tells."""
        weighed = self._weighed(plain, read_signs)
        best = max(hit.score for hit in hits)
        found = self.weights.found * np.array([hit.score - best for hit in hits])
        found += self.weights.agreed * np.array(_agreed(hits))
        own = weighed - found[: len(plain)]
        expected = float(np.mean(own[clear])) - LESS_EXPECTED
        weighed = np.where(clear, weighed, found[: len(plain)] + expected)
        logits = np.concatenate([weighed, found[len(plain) :] + expected])
        texts = [hit.chunk.embedding_text for hit in hits]
        ids = [hit.chunk.id for hit in hits]
        known = self.vectors_of(ids)
        rows = np.stack([known[key] for key in ids]) if all(key in known for key in ids) else None
        likely: list[float] = (logits + feedback(texts, rows, weighed)).tolist()
        return likely

    def _weighed(
        self, plain: Sequence[HitSigns], read_signs: Mapping[int, HitSigns]
    ) -> NDArray[np.float64]:
        """Return the logits of hits; of one not read, what reading gave the others at the mean."""
        logits = np.array([self.weights.logit_of(one) for one in plain])
        read = list(read_signs)
        of_read = np.array([self.weights.logit_of(one) for one in read_signs.values()])
        logits += float(np.mean(of_read - logits[read])) - LESS_EXPECTED
        logits[read] = of_read
        return logits

    def signs(
        self, asked: Question, hits: Sequence[Hit], read: Sequence[Reading]
    ) -> list[HitSigns]:
        plain = self._plain(asked, hits)
        return self._with_reading(asked, list(zip(hits, plain, strict=True)), read)

    def _with_reading(
        self, asked: Question, hits: Sequence[tuple[Hit, HitSigns]], read: Sequence[Reading]
    ) -> list[HitSigns]:
        evidence = self._evidence(asked, [hit for hit, _ in hits])
        return [
            replace(signs, relevance=reading.relevance, evidence=evidence.get(hit.chunk.id, 0.0))
            for (hit, signs), reading in zip(hits, read, strict=True)
        ]

    def _plain(self, asked: Question, hits: Sequence[Hit]) -> list[HitSigns]:
        importance = self.scorer.importance(asked)
        numbers = {stem: value for stem, value in importance.items() if stem[0].isdigit()}
        plain = {s: value for s, value in importance.items() if s not in numbers}
        plain = {s: value for s, value in plain.items() if alias(s) not in asked.names}
        stems = page_stems(asked, hits)
        best = max((hit.score for hit in hits), default=0.0)
        contexts = [coverage(hit.chunk.context, importance, asked) for hit in hits]
        most = max(contexts, default=0.0)
        plain_signs = [
            HitSigns(
                found=hit.score - best,
                agreed=agreed,
                on_page=_share(asked, plain, stems[page_key(hit.chunk)]),
                numbers=_share(asked, numbers, stems_of(hit.chunk.text)),
                context=context - most,
                form=float(asks_for(asked, hit.chunk)),
                table=float(hit.chunk.role == "table"),
                length=math.log1p(len(hit.chunk.text.split())),
            )
            for hit, context, agreed in zip(hits, contexts, _agreed(hits), strict=True)
        ]
        return self._with_met(asked, hits, plain_signs)

    def _with_met(
        self, asked: Question, hits: Sequence[Hit], plain: Sequence[HitSigns]
    ) -> list[HitSigns]:
        """Add how well the likeliest meet the question's words; the others meet them no better."""
        logits = [self.weights.logit_of(one) for one in plain]
        likeliest = sorted(range(len(hits)), key=lambda n: -logits[n])[:MET_HITS]
        known = self.met(asked, {hits[n].chunk.id: hits[n].chunk.embedding_text for n in likeliest})
        most, least = max(known.values(), default=0.0), min(known.values(), default=0.0)
        met = [known.get(hit.chunk.id, least) - most for hit in hits]
        pages = _best_of_groups(met, [page_key(hit.chunk) for hit in hits])
        documents = _best_of_groups(met, [hit.chunk.doc_id for hit in hits])
        return [
            replace(signs, met=own, page_met=page, document_met=document)
            for signs, own, page, document in zip(plain, met, pages, documents, strict=True)
        ]

    def _evidence(self, asked: Question, hits: Sequence[Hit]) -> dict[str, float]:
        found = self.scorer.find(asked, hits)
        return {one.hit.chunk.id: one.score for one in reversed(found)}  # the best is kept


def is_clear(asked: Question, hit: Hit) -> bool:
    """Tell whether question and hit are in English, or have a gloss in it: else none is weighed."""
    if asked.is_foreign:
        return False
    language = hit.chunk.language or "en"  # of the whole document: a table in it may be in English
    return language in ("en", *LANGUAGES) or not is_foreign(hit.chunk.text)


def _share(asked: Question, importance: Mapping[str, float], stems: Stems) -> float:
    """Return the share of importance, in 0..1, that is among `stems`; 0 of nothing."""
    whole = math.fsum(importance.values())
    said = math.fsum(value * asked.standing(alias(one), stems) for one, value in importance.items())
    return said / whole if whole else 0.0


def _best_of_groups(values: Sequence[float], groups: Sequence[Hashable]) -> list[float]:
    best: dict[Hashable, float] = {}
    for value, group in zip(values, groups, strict=True):
        best[group] = max(value, best.get(group, value))
    return [best[group] for group in groups]


def _agreed(hits: Sequence[Hit]) -> list[float]:
    """Return the logarithm of each hit's fusion by rank, less the largest; 0 without ranks."""
    fused = [sum(1 / (RANK_OFFSET + rank) for _, rank in hit.found_by) for hit in hits]
    most, least = max(fused, default=0.0), min((one for one in fused if one), default=0.0)
    return [math.log((one or least) / most) if most else 0.0 for one in fused]
