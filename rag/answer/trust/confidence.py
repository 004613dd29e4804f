"""How likely the documents hold an answer, and how likely the one that is shown is right.

Two logistic regressions over the same plain signs: what the reader and the ranking say, how much
of the question stands on the page of the answer, a year or day that the question names and the
evidence does not. Knows no store and no model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.context import PageKey, page_key
from rag.answer.base.logistic import Regression
from rag.answer.computed.computed_answers import work_out
from rag.answer.computed.people import asks_for_people
from rag.answer.computed.planned import planned
from rag.answer.evidence.asked_kind import is_of_kind
from rag.answer.evidence.features import page_stems, shares_of
from rag.answer.evidence.other_dates import names_day
from rag.answer.evidence.ranking import AnswerRanker, FoundAnswer
from rag.answer.question.asked import alias
from rag.answer.question.qualities import measured_by
from rag.answer.question.question import Question
from rag.answer.rerank.answering_page import answering_page
from rag.answer.trust.nearness import is_near
from rag.datamodel import Chunk, Context
from rag.protocols import Reading
from rag.text import MONTH, YEAR, stem

_YEAR: Final = re.compile(YEAR)
_DATED: Final = re.compile(
    rf"\b{MONTH}\b\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?,?\s+(?P<year>{YEAR})", re.IGNORECASE
)
_SEASON: Final = re.compile(r"\b(?P<century>1[89]|20)\d\d\s?[/–]\s?(?P<second>\d\d)\b(?![/–.-])")

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

MOST_OFF: Final = 0.95
LEAST_SIMILAR: Final = 0.3
"""Places in another language have nothing to do with a question of whose words, by their weight,
so many do not stand on the best page, and whose best evidence has a cosine below this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSigns(Regression):
    """What is looked at, or what each of it weighs (then `intercept` is added).

    `evidence` is the best score of any evidence, `strength` a tenth of the ranking's logarithm,
    `chance` and `similarity` those of the first answer, `relevance` the reader's best and
    `own_relevance` that of the first answer's passage, `read` the share the reader gives the very
    words, `page` the reranked score of the best hit and `own_page` that of the first answer's;
    `off_page` and `words_on_page` are shares of the question's words, `missing_time` tells that a
    year or the day that the question names is not told there, `worked` tells that the
    answer is defined, calculated or picked, `lookup` the chance that a fact is asked for, of what
    is not worked out: what happened and why is told by some passage, a fact by one place or none.
    `length` is the logarithm of one more than the words of the question that say something: what
    matches three vague words says less than what matches ten. `picks` tells that a largest or
    smallest is asked for, which any table has.
    """

    intercept: float = 1.0
    evidence: float = 0.0
    strength: float = 0.0
    chance: float = 0.0
    similarity: float = 0.0
    relevance: float = 0.0
    own_relevance: float = 0.0
    read: float = 0.0
    page: float = 0.0
    own_page: float = 0.0
    off_page: float = 0.0
    words_on_page: float = 0.0
    kind: float = 0.0
    missing_time: float = 0.0
    worked: float = 0.0
    lookup: float = 0.0
    length: float = 0.0
    picks: float = 0.0


HELD: Final = AnswerSigns(
    intercept=-4.13,
    strength=0.26,
    similarity=0.95,
    relevance=1.06,
    own_relevance=1.00,
    page=0.84,
    own_page=0.06,
    off_page=-0.06,
    words_on_page=0.11,
    kind=-0.38,
    missing_time=-1.72,
    worked=2.08,
    lookup=-1.77,
    length=1.60,
    picks=0.88,
)
"""The mean of two fits: by 777 natural questions over six sets of documents, 658 of them asked once
more in vain, and 240 look-ups; and by 498 natural questions over four other sets, 73 of them
without an answer (weight 2), held near the first. Signs that can only speak for an answer are kept
from speaking against it, and the intercept is such that two in three without an answer are told as
such. By the second alone, which saw no look-ups, a sure one was not stated; see training/LOG.md."""

RIGHT: Final = AnswerSigns(
    intercept=-1.952,
    evidence=0.382,
    strength=0.298,
    chance=1.693,
    similarity=0.792,
    relevance=0.026,
    own_relevance=0.734,
    read=0.281,
    page=-1.328,
    own_page=0.611,
    off_page=-0.906,
    words_on_page=0.358,
    kind=0.117,
    missing_time=-1.706,
    worked=1.189,
)
"""Fitted on the same questions; over the folds AUROC 0.80 and 0.75, calibration error 0.07 on both,
about what so few questions leave to chance."""


LIKELIEST: Final = 3
"""A unit that the question names has to stand in one of so many places: in none of 700 questions
it did not where the answer was right (see benchmarks/LOG.md)."""

SURE: Final = 0.7
"""What is right by this chance is stated, though the documents seem to hold no answer: so it was
with 4 of some 1,130 questions, all 4 rightly (see benchmarks/LOG.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The chances, in 0..1, that the documents hold an answer, and that ours is right.

    `is_near` tells that the places share something with the question, `page` is the one that
    clearly answers, if any does.
    """

    held: float
    right: float
    is_near: bool = True
    page: PageKey | None = None

    def states(self, threshold: float) -> bool:
        """Tell whether an answer is stated: it is held, or what we found is surely right."""
        return self.held >= threshold or self.right >= max(threshold, SURE)


Assess = Callable[[Question, Context], Verdict]
"""The chances that the sources hold an answer to the question, and that ours is right."""


class Confidence:
    """Judges what was found for a question."""

    def __init__(self, ranker: AnswerRanker) -> None:
        self._ranker = ranker

    def estimate(self, asked: Question, context: Context) -> Verdict:
        """Return the chances of an answer in these hits; 0 without any evidence.

        Pages that the question names are near it, though they share nothing with its words.
        """
        signs = self.signs(asked, context)
        if signs is None:
            return Verdict(held=0.0, right=0.0, is_near=False)
        is_near = self._is_near(asked, context, signs)
        if asked.on_pages and not is_near:
            return Verdict(held=0.0, right=0.0)
        if asked.lacks_contact(hit.chunk.text for hit in context.hits):
            return Verdict(held=0.0, right=0.0, is_near=is_near)
        if not signs.worked and self._lacks_unit(asked, context):
            return Verdict(held=0.0, right=0.0, is_near=is_near)
        leads = asked.rules.on("answering-page")
        page = answering_page(self._ranker.find(asked, context.hits)) if leads else None
        return Verdict(
            held=max(HELD.chance_of(signs), self._planned(asked, context)),
            right=RIGHT.chance_of(signs),
            is_near=is_near,
            page=page,
        )

    def _lacks_unit(self, asked: Question, context: Context) -> bool:
        """Tell whether a unit is named that the likeliest places do not hold."""
        likeliest = self._ranker.find(asked, context.hits)[:LIKELIEST]
        return asked.lacks_unit(one.evidence.hit.chunk.embedding_text for one in likeliest)

    def _planned(self, asked: Question, context: Context) -> float:
        """Return the chance of a sure plan over a table; 0 without one.

        For none of 94 questions without an answer was one made (see benchmarks/LOG.md).
        """
        found = planned(asked, context, self._ranker)
        return found.plans[0].chance if found is not None else 0.0

    def _is_near(self, asked: Question, context: Context, signs: AnswerSigns) -> bool:
        """Tell whether the places share something with the question.

        Those in another language can share little: then a word or some meaning is enough. What is
        worked out answers by what the question means, whatever its words: "who's the boss".
        """
        if signs.worked:
            return True
        if asked.in_other_language(context.hits, across="") and not asked.is_read_in(context.hits):
            return signs.off_page < MOST_OFF or signs.similarity >= LEAST_SIMILAR
        return is_near(asked, context, self._ranker)

    def signs(self, asked: Question, context: Context) -> AnswerSigns | None:
        """Return what speaks for an answer; None without any evidence."""
        hits = context.hits
        found = self._ranker.find(asked, hits)
        if not found:
            return None
        first = found[0]
        page = page_stems(asked, hits)[page_key(first.evidence.hit.chunk)]
        importance = self._ranker.importance(asked)
        readings = self._ranker.readings(asked, hits)
        own = readings[first.evidence.hit.chunk.id]
        short = first.short.text if first.short else ""
        worked = bool(work_out(asked, context, self._ranker).text)
        by_role = worked and asks_for_people(asked)  # whatever a head is called there
        return AnswerSigns(
            evidence=max(one.evidence.score for one in found),
            strength=first.strength / 10,
            chance=first.chance,
            similarity=first.evidence.similarity,
            relevance=max((reading.relevance for reading in readings.values()), default=0.0),
            own_relevance=own.relevance,
            read=read_share(first, own),
            page=max((hit.score for hit in hits), default=0.0),
            own_page=first.evidence.hit.score,
            off_page=0.0 if by_role else _off_page(asked, importance, page),
            words_on_page=shares_of(asked, importance, page)[0],
            kind=float(asked.kind != "any" and is_of_kind(short, first.evidence.hit.chunk, asked)),
            missing_time=float(
                names_missing_year(asked, [first.evidence.hit.chunk])
                or not names_day(first.evidence.hit.chunk, asked)
            ),
            worked=float(worked),
            lookup=0.0 if worked else asked.kinds["lookup"],
            length=math.log1p(len(importance)),
            picks=float(asked.picks),
        )


def read_share(found: FoundAnswer, reading: Reading) -> float:
    """Return the chance, by the reader, of what overlaps with the short answer."""
    short = found.short
    if short is None:
        return 0.0
    return math.fsum(s.score for s in reading.spans if s.start < short.end and short.start < s.end)


def _off_page(asked: Question, importance: Mapping[str, float], page: Collection[str]) -> float:
    """Return how much of the question, by its stems' importance, does not stand on a page."""
    known = {*page, *FORM_STEMS}
    return math.fsum(
        value * (1 - asked.standing(one, page))
        for one, value in importance.items()
        if not _stands(one, known)
    )


def _stands(stem_: str, known: Collection[str]) -> bool:
    """Tell whether a stem of the question is known, or what it measures: `depth` for `deep`."""
    return alias(stem_) in known or stem_ in known or not measured_by(stem_).isdisjoint(known)


def _years(text: str) -> Iterator[str]:
    """Yield the years that a text names; a winter, "2024/25", names two."""
    yield from _YEAR.findall(text)
    yield from (f"{found['century']}{found['second']}" for found in _SEASON.finditer(text))


def names_missing_year(asked: Question, chunks: Sequence[Chunk]) -> bool:
    """Tell whether the question names a year that none of the chunks or their contexts does.

    The year of a day or month must stand in a text: a file's name tells when it was written.
    """
    if not asked.rules.on("missing-years"):
        return False
    dated = {found["year"] for found in _DATED.finditer(asked.dated)}
    in_text = {year for chunk in chunks for year in _years(chunk.text)}
    in_context = {year for chunk in chunks for year in _YEAR.findall(chunk.context)}
    return bool(set(_YEAR.findall(asked.dated)) - in_text - (in_context - dated))
