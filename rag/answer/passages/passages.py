"""The passage that answers: what a careful person would point at, quoted from one to three places.

Weighs every sentence, point and row of what was found by a logistic regression, and lets
`passage_choice` take the best places. Knows ranked evidence; knows no model and no store.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.logistic import Regression
from rag.answer.base.refusal import CLOSEST, PERHAPS
from rag.answer.base.tables import Key
from rag.answer.computed.rows_asked import beside_named, rows_of_both
from rag.answer.computed.table_rows import JoinedTable, tables_of
from rag.answer.evidence.evidence import Evidence, read_share, with_surroundings
from rag.answer.evidence.other_dates import names_date, tells_dates
from rag.answer.evidence.other_forms import holds_form, tells_form
from rag.answer.evidence.ranking import AnswerRanker, FoundAnswer
from rag.answer.evidence.reading import UNREAD
from rag.answer.passages.choice import (
    LEAST_SAID,
    LIKELY_PLACE,
    MOST_WORDS,
    by_hit,
    choose,
    worth,
)
from rag.answer.passages.picked_rows import by_plans
from rag.answer.passages.sides import apart, names_both
from rag.answer.passages.units import Unit, is_listing, key_of, passage_text, unit_of
from rag.answer.question.question import Question
from rag.answer.rerank.reranking import asks_for
from rag.datamodel import Context, Hit
from rag.protocols import Reading
from rag.text import MARK, words

LEAST_LOGIT: Final = -9.0
"""What has no chance at all is this unlikely, in nats: a finite number for a logarithm of 0."""

LISTING: Final = 0.1
"""What lists works or contents is shown where nothing else is a tenth as likely."""

LETTERING: Final = 0.3
"""The words of a picture that is not asked for are shown where nothing else is a third as likely:
the labels of a chart hold many words of a question, and say little (see benchmarks/LOG.md)."""

MARKS: Final = 0.02
"""The marks of an axis say nothing where anything else does."""

LEAST_WORDED: Final = 0.2
"""Lettering of which a smaller share is words is the marks of an axis."""

OTHER_DATE: Final = 0.1
"""What names not the one month or day that is asked about counts so much where a row tells of that:
the sunshine of a year is not that of its July."""

OTHER_FORM: Final = 0.3
"""What holds nothing of the form that is asked for counts so much where another place does."""

LEAST_ROW: Final = 0.3
"""A row is shown from this share of the chance of the likeliest row of its hit on."""

LEAST_BESIDE: Final = 0.2
"""Below a sentence a further place is quoted from this share of the first one's worth on."""

_WORD: Final = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageSigns(Regression):
    """What speaks for a unit, or what each of it weighs.

    `evidence` is the logit of its own score, `found` the logarithm of the share of all chance that
    its short answers have, `read` the chance by the reader that it holds the answer, `relevance`
    the logit of the reader's for all of the hit, `opens` whether it begins the hit, `new_words`
    the logarithm of the words in it that the question does not say, `length` that of all its words.
    """

    evidence: float = 0.0
    found: float = 0.0
    read: float = 0.0
    relevance: float = 0.0
    opens: float = 0.0
    new_words: float = 0.0
    length: float = 0.0


WEIGHTS: Final = PassageSigns(
    evidence=0.55,
    found=0.179,
    read=1.136,
    relevance=0.126,
    opens=-0.277,
    new_words=0.516,
    length=-0.263,
)
"""By `training.answers.passages`: a third of what 175 open questions of public sets tell, and two
thirds of what 617 questions tell that were asked of folders of documents as people ask; all of it
.7 of what was fitted, as an answer shows several units, not the likeliest alone. Of folders left
out of the fit it holds 2.4 points more of the facts than two fits on public sets (see
training/LOG.md)."""


class Passages:
    """Tells what the hits say of a question. The same hits give the same passages."""

    def __init__(self, ranker: AnswerRanker, *, weights: PassageSigns = WEIGHTS) -> None:
        self._ranker = ranker
        self._weights = weights

    def told(
        self,
        asked: Question,
        hits: Sequence[Hit],
        *,
        most_words: int = MOST_WORDS,
        after: str = "",
        is_told: bool = False,
        without: Collection[Key] = frozenset(),
    ) -> str:
        """Return the best places as quotations with their marks; "" where nothing can be quoted.

        The units `without` which they are wanted, and those of which the words `after` which they
        are shown hold every one, are not quoted again. What is far less likely than the first, or
        than what stands above, is told apart; where that tells the answer (`is_told`) all is that
        does not stand around it.
        """
        every = self.units(asked, hits)
        likeliest = max((unit.chance for unit in every), default=0.0) if after else 0.0
        likely = [unit for unit in _likely_rows(every) if unit.key not in without]
        left = _not_told(likely, after)
        places = self._places(asked, hits, left, most_words=most_words, beside=likeliest)
        if not places:
            return ""
        least = math.inf if is_told else LIKELY_PLACE * (likeliest or worth(places[0]))
        return "\n\n".join(_told_apart(places, least=0.0 if asked.sides else least, after=after))

    def _places(
        self,
        asked: Question,
        hits: Sequence[Hit],
        units: Sequence[Unit],
        *,
        most_words: int = MOST_WORDS,
        beside: float = 0.0,
    ) -> list[list[Unit]]:
        """Return the places that are shown of the units, the likeliest first."""
        both = self._rows_of_both(asked, hits)
        rest = [unit for unit in units if unit not in both]
        most = most_words - sum(len(unit.shown.split()) for unit in both)
        places = [*by_hit(both), *choose(rest, most_words=most, beside=beside)]
        if not names_both(" ".join(unit.shown for place in places for unit in place), asked):
            return self._of_both(asked, hits, most_words) or places
        return places

    def _rows_of_both(self, asked: Question, hits: Sequence[Hit]) -> list[Unit]:
        """Return the rows of a table that a comparison names, if one table has both."""
        keys = rows_of_both(asked, tables_of(hits)) if asked.sides else ()
        return [unit for unit in self.units(asked, hits) if unit.key in keys] if keys else []

    def _of_both(self, asked: Question, hits: Sequence[Hit], most_words: int) -> list[list[Unit]]:
        """Return a place for each side of a comparison; [] where not each has its own documents.

        Each side is asked apart, of what was found in its documents.
        """
        found: list[list[Unit]] = []
        for part, own in zip(asked.parts, apart(asked, hits), strict=False):
            units = _likely_rows(self.units(asked.part(part), own))
            found += choose(units, most_words=most_words // len(asked.parts))[:1]
        return found

    def _tells_dates(self, asked: Question, hits: Sequence[Hit]) -> bool:
        return tells_dates((e.text for e in self._ranker.evidence(asked, hits)), asked)

    def likelier(
        self, asked: Question, hits: Sequence[Hit], found: Sequence[FoundAnswer]
    ) -> list[FoundAnswer]:
        """Return answers in the order in which their places are likely to tell what is asked."""
        chances = {unit.key: unit.chance for unit in self.units(asked, hits)}
        return sorted(found, key=lambda one: -chances.get(key_of(one.evidence), 0.0))

    def closest(self, asked: Question, context: Context) -> str:
        """Return what the sources say that is closest to an answer; "" where that is nothing."""
        likely = _likely_rows(self.units(asked, context.hits))
        places = self._places(asked, context.hits, likely)
        return "\n\n".join([CLOSEST, *map(passage_text, places)]) if places else ""

    def units(self, asked: Question, hits: Sequence[Hit]) -> list[Unit]:
        """Return every unit of the hits with its chance among all; the chances sum to at most 1."""
        found = {key_of(one.evidence): one for one in self._ranker.find(asked, hits)}
        evidence = self._ranker.evidence(asked, hits)
        signs = signs_of(
            evidence,
            found,
            self._ranker.importance(asked),
            self._ranker.readings(asked, hits),
            stems=asked.content_read,
        )
        logits = map(self._weights.logit_of, signs)
        chances = dict(zip(map(key_of, evidence), _shares(list(logits)), strict=True))
        tables = tables_of(hits)
        shares = by_plans(_of_named_rows(chances, asked, tables), asked, tables, self._ranker)
        by_date = self._tells_dates(asked, hits)
        by_form = tells_form(evidence, asked)
        weighed = [
            replace(
                unit_of(one, asked),
                chance=_own_share(one, asked, by_date=by_date)
                * (OTHER_FORM if by_form and not holds_form(one, asked) else 1.0)
                * shares[key_of(one)],
            )
            for one in evidence
            if key_of(one) in shares
        ]
        return sorted(weighed, key=lambda u: (u.evidence.hit.rank, u.evidence.start))


def beside(units: Sequence[Unit], *, most_words: int, after: str) -> list[str]:
    """Return the best places of weighed units as quotations, each with its mark.

    They stand below what is said already, `after`, without a word of ours: what its words hold
    whole is left out, and what is far less likely than the first.
    """
    left = [unit for unit in _not_told(_likely_rows(units), after) if not _is_cut_off(unit)]
    places = choose(left, most_words=most_words)
    least = LEAST_BESIDE * worth(places[0]) if places else 0.0
    return [passage_text(place) for place in places if worth(place) >= least]


def _is_cut_off(unit: Unit) -> bool:
    """Tell whether a unit is the beginning of a sentence that goes on in a list, or a heading."""
    return not unit.is_line and unit.word_count < LEAST_SAID and unit.shown[-1:] not in '.!?”"'


def _not_told(units: Sequence[Unit], above: str) -> list[Unit]:
    """Leave out the units of which every word stands above."""
    known = set(words(above))
    return [unit for unit in units if not known or not set(words(unit.shown)) <= known]


def _told_apart(places: Sequence[Sequence[Unit]], *, least: float, after: str) -> Iterator[str]:
    """Yield each place, and a line of ours before those that are worth less than `least`.

    What stands around a place that is quoted above belongs to it.
    """
    ranks = {int(number) for mark in MARK.findall(after) for number in mark.split(",")}
    is_apart = False
    for place in places:
        belongs = place[0].evidence.hit.rank in ranks
        if not is_apart and worth(place) < least and not belongs:
            is_apart = True
            yield PERHAPS
        yield passage_text(place)


def _likely_rows(units: Sequence[Unit]) -> list[Unit]:
    """Leave out the rows of a hit that are far less likely than its likeliest one."""
    best: defaultdict[str, float] = defaultdict(float)
    for one in (unit for unit in units if unit.is_row):
        best[one.key[0]] = max(best[one.key[0]], one.chance)
    return [one for one in units if not one.is_row or one.chance >= LEAST_ROW * best[one.key[0]]]


def _shares(logits: Sequence[float]) -> list[float]:
    """Return the softmax."""
    top = max(logits, default=0.0)
    powers = [math.exp(logit - top) for logit in logits]
    whole = math.fsum(powers)
    return [power / whole for power in powers]


def _own_share(evidence: Evidence, asked: Question, *, by_date: bool) -> float:
    """Return how much the chance of evidence counts: less where it tells little by itself.

    `by_date`: a row is of the one month that is asked about.
    """
    chunk = evidence.hit.chunk
    if is_listing(chunk):
        return LISTING
    if chunk.role == "figure" and _is_of_axis(evidence.text):
        return MARKS
    share = LETTERING if chunk.role == "figure" and not asks_for(asked, chunk) else 1.0
    is_of_other = by_date and not names_date(with_surroundings(evidence), asked)
    return OTHER_DATE * share if is_of_other else share


def _is_of_axis(text: str) -> bool:
    """Tell whether lettering is numbers and single letters, but for few words."""
    told = [word for word in text.split() if any(map(str.isalnum, word))]
    return len(_WORD.findall(text)) < LEAST_WORDED * len(told)


def _of_named_rows(
    chances: Mapping[Key, float], asked: Question, tables: Sequence[JoinedTable]
) -> dict[Key, float]:
    """Return the chances without rows that stand beside named ones: those have theirs too.

    Of a largest, smallest or latest every row may tell.
    """
    shares = dict(chances)
    if asked.picks or asked.extreme:
        return shares
    for key, named in beside_named(asked, tables).items():
        told = shares.pop(key, 0.0)
        for other in named.keys() & shares.keys():
            shares[other] += told * named[other] / len(named)
    return shares


def signs_of(
    evidence: Sequence[Evidence],
    found: Mapping[Key, FoundAnswer],
    importance: Mapping[str, float],
    readings: Mapping[str, Reading],
    *,
    stems: Callable[[str], Iterable[str]],
) -> Iterator[PassageSigns]:
    """Yield what speaks for each piece of evidence; `importance` is that of some stems."""
    for one in evidence:
        chunk, answer = one.hit.chunk, found.get(key_of(one))
        reading = readings.get(chunk.id, UNREAD)
        new = set(stems(one.text)) - importance.keys()
        yield PassageSigns(
            evidence=_logit(one.score),
            found=max(LEAST_LOGIT, math.log(answer.chance)) if answer else LEAST_LOGIT,
            read=read_share(one, reading),
            relevance=_logit(reading.relevance),
            opens=float(one.start == 0),
            new_words=math.log(1 + len(new)),
            length=math.log(1 + len(words(one.text))),
        )


def _logit(chance: float) -> float:
    if chance <= 0:
        return LEAST_LOGIT
    return max(LEAST_LOGIT, math.log(chance / max(1e-9, 1 - chance)))
