"""Which short answer is right: a log-linear model over plain features of all short answers.

The chance of one among all is the softmax of their weighted features; a piece of evidence is as
likely as its short answers together. The weights are fitted by `training.answers.answers`; those of
signs that can only speak for an answer are kept from being negative, and the other way round.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final

from rag.answer.base.context import page_key
from rag.answer.evidence.answer_candidates import Short, shorts_of
from rag.answer.evidence.asked_kind import dated_in
from rag.answer.evidence.evidence import Evidence, EvidenceScorer, with_surroundings
from rag.answer.evidence.features import (
    Features,
    describe,
    is_unnamed_number,
    line_around,
    page_stems,
    place_of,
    wanted,
)
from rag.answer.evidence.other_amounts import is_other_amount
from rag.answer.evidence.other_columns import is_of_other_column
from rag.answer.evidence.other_dates import (
    is_beside_its_day,
    is_of_its_own,
    is_of_other_date,
    names_date,
    tells_dates,
)
from rag.answer.evidence.other_forms import is_of_other_form, tells_form
from rag.answer.evidence.reading import UNREAD
from rag.answer.question.answer_kind import Kind
from rag.answer.question.question import Question
from rag.datamodel import Hit
from rag.protocols import Matrix, Reading
from rag.tables.long.long_table import OpensTable, no_table

MOST_EVIDENCE: Final = 32
"""Only so many of the best pieces of evidence are looked into for short answers."""

WEIGHTS: Final = "ranking.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnswer:
    """A piece of evidence, the best short answer in it (None: it holds none that fits).

    `chance` is that of the evidence, by all its short answers; chances of all sum to 1.
    `strength` is the unnormalised logarithm of it: it compares between questions.
    """

    evidence: Evidence
    short: Short | None
    chance: float
    strength: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCandidate:
    """A short answer with its features."""

    short: Short
    features: Features


@functools.cache
def fitted_weights() -> Mapping[str, float]:
    """Return the weights that are shipped, by name of the feature."""
    file = resources.files(__package__) / WEIGHTS
    weights: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return weights


class AnswerRanker:
    """Finds short answers in hits, best first."""

    def __init__(self, scorer: EvidenceScorer, *, open_table: OpensTable = no_table) -> None:
        """`open_table` lends the tables of the hits' documents whole."""
        self.open_table = open_table
        self._scorer = scorer

    def find(self, asked: Question, hits: Sequence[Hit]) -> list[FoundAnswer]:
        """Return the evidence of the hits, the likeliest first, each text once."""
        return [self._renumbered(found, hits) for found in self._ranked(asked, hits)[1]]

    def evidence(self, asked: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """Return every piece of evidence of the hits, the best by itself first."""
        ranks = {hit.chunk.id: hit for hit in hits}
        found, _ = self._ranked(asked, hits)
        return [_at(one, ranks[one.hit.chunk.id]) for one in found]

    def _ranked(
        self, asked: Question, hits: Sequence[Hit]
    ) -> tuple[list[Evidence], list[FoundAnswer]]:
        """Return the evidence by its score, and by its short answers; each hits once."""
        ids = tuple(hit.chunk.id for hit in hits)

        def ranked() -> tuple[list[Evidence], list[FoundAnswer]]:
            evidence = self._scorer.find(asked, hits)
            return evidence, self._find(asked, evidence, hits)

        return asked.once((self, ids), ranked)

    def importance(self, asked: Question) -> Mapping[str, float]:
        """Return the share of importance of each stem of the question."""
        return self._scorer.importance(asked)

    @property
    def embeds(self) -> bool:
        """Whether `vectors` can be made now."""
        return self._scorer.embeds

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """Return the unit rows of texts by the built-in embedder."""
        return self._scorer.vectors(texts)

    def readings(self, asked: Question, hits: Sequence[Hit]) -> Mapping[str, Reading]:
        """Return what the reader says of each chunk by its id."""
        return self._scorer.readings(asked, hits)

    def _find(
        self, asked: Question, ordered: Sequence[Evidence], hits: Sequence[Hit]
    ) -> list[FoundAnswer]:
        evidence = ordered[:MOST_EVIDENCE]
        if not evidence:
            return []
        candidates = self.candidates(asked, evidence, hits)
        return likeliest(evidence, candidates, [self.strength(c) for c in candidates])

    def numbers(
        self, asked: Question, hits: Sequence[Hit], *, among: Callable[[Evidence], bool]
    ) -> list[tuple[float, AnswerCandidate]]:
        """Return the numbers in the evidence `among` the hits' by their strength as answers.

        Nothing is read for it.
        """
        ordered = self._scorer.find(asked, hits, reads=False)
        evidence = list(filter(among, ordered))[:MOST_EVIDENCE]
        described = self._described(asked, evidence, hits, {}, kind="number")
        found = [(self.strength(c), c) for c in described]
        return sorted(found, key=lambda one: -one[0])

    def candidates(
        self, asked: Question, evidence: Sequence[Evidence], hits: Sequence[Hit]
    ) -> list[AnswerCandidate]:
        """Return the short answers of the evidence with their features."""
        readings = self._scorer.readings(asked, hits)
        return self._described(asked, evidence, hits, readings, kind=asked.kind)

    def _described(
        self,
        asked: Question,
        evidence: Sequence[Evidence],
        hits: Sequence[Hit],
        readings: Mapping[str, Reading],
        *,
        kind: Kind,
    ) -> list[AnswerCandidate]:
        want = wanted(asked, self._scorer.importance(asked), kind=kind)
        points = not asked.rules.on("points")
        pages = page_stems(asked, hits)
        by_date = tells_dates((piece.text for piece in evidence), asked)
        by_form = tells_form(evidence, asked)
        found: list[AnswerCandidate] = []
        for piece in evidence:
            if by_date and not names_date(with_surroundings(piece), asked):
                continue
            reading = readings.get(piece.hit.chunk.id, UNREAD)
            place = place_of(piece, reading, want, pages[page_key(piece.hit.chunk)])
            found.extend(
                AnswerCandidate(short=short, features=describe(short, place, want))
                for short in shorts_of(
                    piece, reading, kind, points=points, language=dated_in(piece.hit.chunk, asked)
                )
                if not is_unnamed_number(short, place, want)
                and not is_of_other_date(_row_of(short), asked)
                and not is_beside_its_day(_row_of(short), short.text, asked)
                and not is_of_its_own(_row_of(short), asked)
                and not is_other_amount(short, asked)
                and not is_of_other_column(short, asked)
                and not (by_form and is_of_other_form(short, asked))
            )
        return found

    def strength(self, candidate: AnswerCandidate) -> float:
        """Return the weighted sum of a short answer's features."""
        weights = fitted_weights()
        return math.fsum(weights.get(k, 0.0) * v for k, v in candidate.features.items() if v)

    def _renumbered(self, found: FoundAnswer, hits: Sequence[Hit]) -> FoundAnswer:
        """Return it with the hit as it is ranked now: a context renumbers its hits."""
        hit = next(h for h in hits if h.chunk.id == found.evidence.hit.chunk.id)
        if hit is found.evidence.hit:
            return found
        evidence = replace(found.evidence, hit=hit)
        short = replace(found.short, evidence=evidence) if found.short else None
        return replace(found, evidence=evidence, short=short)


def _at(evidence: Evidence, hit: Hit) -> Evidence:
    return evidence if evidence.hit is hit else replace(evidence, hit=hit)


def _row_of(short: Short) -> str:
    first, last = line_around(short)
    return short.evidence.hit.chunk.text[first:last]


def likeliest(
    evidence: Sequence[Evidence], candidates: Sequence[AnswerCandidate], strengths: Sequence[float]
) -> list[FoundAnswer]:
    """Return the evidence by its chance; without any short answers by its own score."""
    if not candidates:
        whole = math.fsum(e.score for e in evidence) or 1.0
        return [FoundAnswer(evidence=e, short=None, chance=e.score / whole) for e in evidence]
    top = max(strengths)
    grouped: dict[tuple[str, int], list[tuple[float, int]]] = {}
    for n, (candidate, strength) in enumerate(zip(candidates, strengths, strict=True)):
        piece = candidate.short.evidence
        grouped.setdefault((piece.hit.chunk.id, piece.start), []).append((strength, -n))
    sums = {
        key: math.fsum(math.exp(s - top) for s, _ in members) for key, members in grouped.items()
    }
    whole = math.fsum(sums.values())
    found = [
        FoundAnswer(
            evidence=candidates[-n].short.evidence,
            short=candidates[-n].short,
            chance=sums[key] / whole,
            strength=top + math.log(sums[key]),
        )
        for key, members in grouped.items()
        for _, n in [max(members)]
    ]
    found.sort(key=lambda f: (-f.chance, f.evidence.hit.rank, f.evidence.start))
    return _each_once(found)


def _each_once(found: Sequence[FoundAnswer]) -> list[FoundAnswer]:
    """Leave out evidence whose very words came before."""
    seen: set[str] = set()
    kept: list[FoundAnswer] = []
    for one in found:
        words = " ".join(one.evidence.text.split())
        if words not in seen:
            kept.append(one)
            seen.add(words)
    return kept
