"""How likely the documents hold an answer, and how likely what is quoted first is right.

Two logistic regressions over the same plain signs; and whether the places are near at all.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Answer, Chunk, Context, Hit
from rag.generation.quotation.passages import Passages, likeliest
from rag.generation.quotation.units import Unit
from rag.logistic import Regression, logit
from rag.retrieval.context import PageKey, page_key
from rag.retrieval.evidence.evidence import EvidenceScorer, coverage, with_surroundings
from rag.retrieval.evidence.reading import page_stems
from rag.text import MONTH, YEAR, stem
from rag.understanding.question.question import Question
from rag.understanding.question.question_words import alias

WORDS: Final = 0.5
READ: Final = 0.3
"""What the words of the question on one page, and the reader's surest relevance, count beside the
cosine of the question and the nearest sentence or row."""

MIN_NEAR: Final = 0.65
MIN_APART: Final = 0.8
"""What is below has nothing to do with the question; key words that stand nowhere together need
more. Chosen on questions over other documents, and on such as were asked of documents that have
nothing to do with them; see benchmarks/LOG.md."""

UNTOLD: Final = 0.5
"""What counts as shared of the words of a question that all say little: "how do I get there"."""

KEY_WORDS: Final = 0.5
TOGETHER: Final = 0.6
"""From this chance on a question is key words alone: they name one thing, which is told where one
sentence or row with its heading holds so much of them."""


def is_near(asked: Question, context: Context, scorer: EvidenceScorer) -> bool:
    is_apart = asked.kinds["keywords"] >= KEY_WORDS and not _stand_together(asked, context, scorer)
    return nearness(asked, context, scorer) >= (MIN_APART if is_apart else MIN_NEAR)


def _stand_together(asked: Question, context: Context, scorer: EvidenceScorer) -> bool:
    importance = scorer.importance(asked)
    texts = (with_surroundings(e) for e in scorer.find(asked, context.hits))
    return any(coverage(text, importance, asked) >= TOGETHER for text in texts)


def nearness(asked: Question, context: Context, scorer: EvidenceScorer) -> float:
    """Return it, in 0..1.8; 0 where nothing was found."""
    hits = context.hits
    similarity = max((e.similarity for e in scorer.find(asked, hits)), default=0.0)
    readings = scorer.readings(asked, hits).values()
    relevance = max((r.relevance for r in readings), default=0.0)
    importance = scorer.importance(asked)
    shares = (
        math.fsum(value * asked.standing(stem, stems) for stem, value in importance.items())
        for stems in page_stems(asked, context.hits).values()
    )
    return similarity + WORDS * max((*shares, 0.0 if asked.telling else UNTOLD)) + READ * relevance


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

MAX_OFF: Final = 0.95
MIN_SIMILAR: Final = 0.3
"""Places in another language have nothing to do with a question of whose words, by their weight,
so many do not stand on the best page, and whose best evidence has a cosine below this."""

MIN_ACROSS: Final = 0.21
"""Or they were found by a cosine of .76 or more across languages: of 12 questions in Russian and
Chinese that English documents answer all were (.769 to .824), of nine others none (to .752)."""

MIN_CHANCE: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSigns(Regression):
    """What is looked at, or what each of it weighs (then `intercept` is added).

    `chance` is the logit of the likeliest unit's, `similarity` its cosine; `relevance` the logit of
    the reader's best and `own_relevance` that of the unit's passage, `page` the logit of the best
    reranked score and `own_page` that of the unit's; `off_page` is the share of the question's
    words that do not stand on its page, `missing_time` tells that a year that the question names
    is not told there, `lookup` is the chance that a fact is asked for: what happened and why is
    told by some passage, a fact by one place or none. `length` is the logarithm of one more than
    the words of the question that say something.
    """

    intercept: float = 1.0
    chance: float = 0.0
    similarity: float = 0.0
    relevance: float = 0.0
    own_relevance: float = 0.0
    page: float = 0.0
    own_page: float = 0.0
    off_page: float = 0.0
    missing_time: float = 0.0
    lookup: float = 0.0
    length: float = 0.0


HELD: Final = AnswerSigns(
    intercept=-0.282,
    chance=0.086,
    similarity=0.131,
    relevance=0.135,
    own_relevance=0.113,
    page=0.229,
    own_page=0.053,
    off_page=-0.058,
    missing_time=-1.397,
    lookup=-1.099,
    length=0.626,
)
RIGHT: Final = AnswerSigns(
    intercept=-0.438,
    chance=0.392,
    similarity=1.12,
    relevance=0.127,
    own_relevance=0.125,
    page=0.067,
    own_page=0.032,
    off_page=-0.629,
    missing_time=-0.56,
    lookup=-0.811,
    length=-0.108,
)
"""By `training.answerability` on 186 natural questions over 12 documents, 60 of them without an
answer: AUROC 0.81 and 0.80 over ten folds, 0.79 and 0.64 on the demo (see training/LOG.md)."""

SURE: Final = 0.6
"""What is right by this chance is stated, though the documents seem to hold no answer."""


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

    def __init__(self, passages: Passages) -> None:
        self._passages = passages

    def estimate(self, asked: Question, context: Context) -> Verdict:
        """Return the chances of an answer in these hits; named pages are near it anyway."""
        signs = self.signs(asked, context)
        if signs is None:
            return Verdict(held=0.0, right=0.0, is_near=False)
        near = self._is_near(asked, context, signs)
        if asked.on_pages and not near:
            return Verdict(held=0.0, right=0.0)
        return Verdict(
            held=HELD.chance_of(signs),
            right=RIGHT.chance_of(signs),
            is_near=near,
            page=answering_page(self._passages.units(asked, context.hits)),
        )

    def _is_near(self, asked: Question, context: Context, signs: AnswerSigns) -> bool:
        """Tell whether the places share something; across languages a word or cosine will do."""
        if asked.in_other_language(context.hits, across="") and not asked.is_read_in(context.hits):
            is_similar = signs.similarity >= MIN_SIMILAR
            is_found = max(hit.score for hit in context.hits) >= MIN_ACROSS
            return signs.off_page < MAX_OFF or is_similar or is_found
        return is_near(asked, context, self._passages.scorer)

    def signs(self, asked: Question, context: Context) -> AnswerSigns | None:
        hits = context.hits
        best = likeliest(self._passages.units(asked, hits))
        if best is None:
            return None
        chunk = best.evidence.hit.chunk
        importance = self._passages.scorer.importance(asked)
        readings = self._passages.scorer.readings(asked, hits)
        page = page_stems(asked, hits)[page_key(chunk)]
        known = {*page, *FORM_STEMS}
        return AnswerSigns(
            chance=_logit(best.chance),
            similarity=best.evidence.similarity,
            relevance=_logit(max(reading.relevance for reading in readings.values())),
            own_relevance=_logit(readings[chunk.id].relevance),
            page=_logit(max(hit.score for hit in hits)),
            own_page=_logit(best.evidence.hit.score),
            off_page=math.fsum(
                value * (1 - asked.standing(one, page))
                for one, value in importance.items()
                if not (alias(one) in known or one in known)
            ),
            missing_time=float(names_missing_year(asked, [chunk])),
            lookup=asked.kinds["lookup"],
            length=math.log1p(len(importance)),
        )


CLEAR: Final = 0.7
"""A page leads whose evidence has so much of all chance. Between 0.6 and 0.8 of no matter, by
folds of documents; see benchmarks/LOG.md."""


def answering_page(units: Sequence[Unit]) -> PageKey | None:
    """Return the page that most of the chance falls on; None where none is clear."""
    shares: dict[PageKey, float] = defaultdict(float)
    for unit in units:
        shares[page_key(unit.evidence.hit.chunk)] += unit.chance
    best = max(shares, key=lambda page: shares[page], default=None)
    return best if best is not None and shares[best] >= CLEAR else None


def _logit(chance: float) -> float:
    return logit(chance, least=MIN_CHANCE)


def _years(text: str) -> Iterator[str]:
    """Yield the years that a text names; a winter, "2024/25", names two."""
    yield from _YEAR.findall(text)
    yield from (f"{found['century']}{found['second']}" for found in _SEASON.finditer(text))


def names_missing_year(asked: Question, chunks: Sequence[Chunk]) -> bool:
    """Tell whether the question names a year that no chunk does; a day's year in its text."""
    dated = {found["year"] for found in _DATED.finditer(asked.dated)}
    in_text = {year for chunk in chunks for year in _years(chunk.text)}
    in_context = {year for chunk in chunks for year in _YEAR.findall(chunk.context)}
    return bool(set(_YEAR.findall(asked.dated)) - in_text - (in_context - dated))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question in the documents' words, its answer `begun`, hits, and what may answer."""

    asked: Question
    begun: Answer
    hits: Sequence[Hit]
    context: Context
    verdict: Verdict
    is_stated: bool = True
