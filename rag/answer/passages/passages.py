"""The passage that answers: what a careful person would point at, quoted from one to three places.

Weighs every sentence, point and row of what was found by a logistic regression, and lets
`passage_choice` take the best places. Knows ranked evidence; knows no model and no store.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.logistic import Regression
from rag.answer.base.refusal import CLOSEST
from rag.answer.base.tables import Key
from rag.answer.computed.extremes import wish
from rag.answer.computed.rows_asked import beside_named, first_of_both
from rag.answer.computed.table_rows import tables_of
from rag.answer.evidence.evidence import Evidence, coverage, read_share
from rag.answer.evidence.ranking import AnswerRanker, Found
from rag.answer.evidence.reading import UNREAD
from rag.answer.passages.choice import MOST_WORDS, choose
from rag.answer.passages.units import Unit, key_of, passage_text, unit_of
from rag.answer.question.question import Question
from rag.datamodel import Context, Hit
from rag.protocols import Reading
from rag.text import words

LEAST_LOGIT: Final = -9.0
"""What has no chance at all is this unlikely, in nats: a finite number for a logarithm of 0."""

LIKELY: Final = 0.3
"""From this share of all chance on, the likeliest short answer's sentence opens the passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs(Regression):
    """What speaks for a unit, or what each of it weighs.

    `evidence` is the logit of its own score, `beside` that of the better unit next to it, `found`
    the logarithm of the share of all chance that its short answers have, `similarity` its cosine
    with the question, `words` and `words_around` the shares of the question's words in it and in
    its hit, `read` the chance by the reader that it holds the answer, `relevance` the logit of the
    reader's for all of the hit, `opens` whether it begins the hit, `length` the logarithm of its
    words.
    """

    evidence: float = 0.0
    beside: float = 0.0
    found: float = 0.0
    similarity: float = 0.0
    words: float = 0.0
    words_around: float = 0.0
    read: float = 0.0
    relevance: float = 0.0
    opens: float = 0.0
    length: float = 0.0


WEIGHTS: Final = Signs(
    evidence=0.60,
    beside=0.02,
    found=0.14,
    similarity=-0.07,
    words=-0.39,
    words_around=-1.17,
    read=2.07,
    relevance=0.37,
    opens=0.27,
    length=0.30,
)
"""Fitted by `training.answers.passages` on 175 open questions over other documents;

see training/LOG.md.
"""

EVENNESS: Final = 0.7
"""Logits count so much of what was fitted: an answer shows several units, not the likeliest alone
(56 % of facts found within 120 words at 0.7, 55 at 1; see benchmarks/LOG.md)."""


class Passages:
    """Tells what the hits say of a question. The same hits give the same passages."""

    def __init__(self, ranker: AnswerRanker, *, weights: Signs = WEIGHTS) -> None:
        self._ranker = ranker
        self._weights = weights

    def told(
        self,
        asked: Question,
        hits: Sequence[Hit],
        *,
        most_words: int = MOST_WORDS,
        after: str = "",
        without: Collection[Key] = (),
    ) -> str:
        """Return the best places as quotations with their marks; "" where nothing can be quoted.

        The units `without` which they are wanted, and those of which the words `after` which they
        are shown hold every one, are not quoted again.
        """
        known = set(words(after))
        units = [
            unit
            for unit in self.units(asked, hits)
            if unit.key not in without and not set(words(unit.shown)) <= known
        ]
        first = next(iter(self._ranker.find(asked, hits)), None)
        opening = key_of(first.evidence) if first and first.chance >= LIKELY else None
        opening = first_of_both(asked, tables_of(hits)) or opening
        return "\n\n".join(map(passage_text, choose(units, most_words=most_words, opening=opening)))

    def closest(self, asked: Question, context: Context) -> str:
        """Return what the sources say that is closest to an answer; "" where that is nothing."""
        told = self.told(asked, context.hits)
        return f"{CLOSEST}\n\n{told}" if told else ""

    def units(self, asked: Question, hits: Sequence[Hit]) -> list[Unit]:
        """Return every unit of the hits with its chance among all; the chances sum to 1."""
        found = {key_of(one.evidence): one for one in self._ranker.find(asked, hits)}
        evidence = self._ranker.evidence(asked, hits)
        signs = signs_of(
            evidence,
            found,
            self._ranker.importance(asked),
            self._ranker.readings(asked, hits),
        )
        logits = [EVENNESS * self._weights.logit_of(one) for one in signs]
        top = max(logits, default=0.0)
        powers = [math.exp(logit - top) for logit in logits]
        whole = math.fsum(powers)
        chances = {key_of(e): power / whole for e, power in zip(evidence, powers, strict=True)}
        shares = _of_named_rows(chances, asked, hits)
        weighed = [
            replace(unit_of(one, asked), chance=shares[key_of(one)])
            for one in evidence
            if key_of(one) in shares
        ]
        return sorted(weighed, key=lambda u: (u.evidence.hit.rank, u.evidence.start))


def _of_named_rows(
    chances: Mapping[Key, float], asked: Question, hits: Sequence[Hit]
) -> dict[Key, float]:
    """Return the chances without rows that stand beside named ones: those have theirs too.

    Of a largest or smallest every row may tell.
    """
    shares = dict(chances)
    if wish(asked) is not None:
        return shares
    for key, named in beside_named(asked, tables_of(hits)).items():
        told = shares.pop(key, 0.0)
        for other in named & shares.keys():
            shares[other] += told / len(named)
    return shares


def signs_of(
    evidence: Sequence[Evidence],
    found: Mapping[Key, Found],
    importance: Mapping[str, float],
    readings: Mapping[str, Reading],
) -> Iterator[Signs]:
    """Yield what speaks for each piece of evidence."""
    scores = _beside(evidence)
    for one in evidence:
        chunk, answer = one.hit.chunk, found.get(key_of(one))
        reading = readings.get(chunk.id, UNREAD)
        yield Signs(
            evidence=_logit(one.score),
            beside=_logit(scores[key_of(one)]),
            found=max(LEAST_LOGIT, math.log(answer.chance)) if answer else LEAST_LOGIT,
            similarity=one.similarity,
            words=coverage(one.text, importance),
            words_around=coverage(f"{chunk.context} {chunk.text}", importance),
            read=read_share(one, reading),
            relevance=_logit(reading.relevance),
            opens=float(one.start == 0),
            length=math.log(1 + len(one.text.split())),
        )


def _beside(evidence: Sequence[Evidence]) -> dict[Key, float]:
    """Return the better score of the units next to each, 0 where there is none."""
    order = sorted(evidence, key=key_of)
    found = {key_of(one): 0.0 for one in order}
    for one, other in itertools.pairwise(order):
        if one.hit.chunk.id == other.hit.chunk.id:
            found[key_of(one)] = max(found[key_of(one)], other.score)
            found[key_of(other)] = max(found[key_of(other)], one.score)
    return found


def _logit(chance: float) -> float:
    if chance <= 0:
        return LEAST_LOGIT
    return max(LEAST_LOGIT, math.log(chance / max(1e-9, 1 - chance)))
