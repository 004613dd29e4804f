"""How likely each sentence, point and row of the hits tells what is asked; what is quoted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import Chunk, Hit
from rag.generation.quotation.units import Unit, is_listing, quotation, unit_of
from rag.logistic import Regression
from rag.protocols import Reading
from rag.retrieval.evidence.evidence import Evidence, EvidenceScorer, read_share
from rag.retrieval.evidence.reading import UNREAD, asks_for
from rag.retrieval.rerank.likeness import Similar
from rag.text import SENTENCE_ENDS, content_stems, words
from rag.understanding.question.question import Question

MIN_LOGIT: Final = -9.0
"""What has no chance at all is this unlikely, in nats: a finite number for a logarithm of 0."""

LISTING: Final = 0.1
"""What lists works or contents is shown where nothing else is a tenth as likely."""

OCR_SHARE: Final = 0.3
"""The words of a picture that is not asked for are shown where nothing else is a third as likely:
the labels of a chart hold many words of a question, and say little (see benchmarks/LOG.md)."""

MARKS: Final = 0.02
"""The marks of an axis say nothing where anything else does."""

MIN_WORDED: Final = 0.2
"""Lettering of which a smaller share is words is the marks of an axis."""

MIN_SHARE: Final = 0.15
MIN_SHARE_AFTER: Final = 0.3
"""A unit is quoted from this share of the likeliest one's chance on, alone and below sentences
that are written; see benchmarks/LOG.md."""

MAX_SAID: Final = 0.6
"""What of whose stems a larger share is said is not quoted below it; see benchmarks/LOG.md."""

MIN_LEFT_OUT: Final = 0.1
SAME: Final = 0.7
"""What is so likely, and shares less with what is said, is quoted below it: of 51 such units eleven
told a fact that was asked for and not said, of 28 less likely ones none (see benchmarks/LOG.md)."""

MIN_SIMILAR: Final = 0.2
"""What is farther from the question is not quoted below what is written: of 19 such quotations (a
colophon, the date of a page) none told a fact that was asked for; see benchmarks/LOG.md."""

MAX_UNITS: Final = 4
MAX_PLACES: Final = 3

BREAK_WORDS: Final = 15
"""What a unit costs a reader besides its words, in words; see benchmarks/LOG.md."""

MIN_WORDS: Final = 8
"""Fewer words than these that end in no full stop, a heading or the mark of an axis, are not quoted
by themselves; points and rows are."""

MIN_SAID: Final = 3
"""A sentence with fewer words of three letters is none: "See id. at 442." """

COMPARED_HITS: Final = 5
SIMILAR: Final = 60.0
FOUND: Final = 20.0
"""In another language a cosine of .03 more makes a piece six times as likely, or, where there is no
cosine, a score of .1 more of its hit seven times."""

_WORD: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff]{2}|[^\W\d_]{3,}")
"""Of Thai, Chinese and Japanese, which have no spaces, two letters stand for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSigns(Regression):
    """What speaks for a unit, or what each of it weighs.

    `evidence` is the logit of its own score, `read` the chance by the reader that it holds the
    answer, `relevance` the logit of the reader's for all of the hit, `opens` whether it begins the
    hit, `new_words` the logarithm of the words in it that the question does not say, `length` that
    of all its words.
    """

    evidence: float = 0.0
    read: float = 0.0
    relevance: float = 0.0
    opens: float = 0.0
    new_words: float = 0.0
    length: float = 0.0


WEIGHTS: Final = UnitSigns(
    evidence=0.55, read=1.136, relevance=0.126, opens=-0.277, new_words=0.516, length=-0.263
)
"""Fitted on what 175 open questions of public sets and 617 questions of folders of documents tell
(see training/LOG.md)."""


@dataclass(frozen=True, eq=False)
class Passages:
    """Weighs what the hits say of a question. The same hits give the same chances."""

    scorer: EvidenceScorer
    similar: Similar = lambda _text, _others: None

    def units(self, asked: Question, hits: Sequence[Hit]) -> list[Unit]:
        """Return every unit of the hits, in order, with its chance; these sum to at most 1."""
        ranks = tuple((hit.chunk.id, hit.rank) for hit in hits)
        return asked.once((self, ranks), lambda: self._weighed(asked, hits))

    def is_near(self, unit: Unit, asked: Question) -> bool:
        """Tell whether a unit is about what is asked, where that can be told: in English."""
        if asked.is_foreign or not self.scorer.embeds:
            return True
        shown, question = self.scorer.vectors([unit.shown, asked.standalone])
        return float(shown @ question) >= MIN_SIMILAR

    def _weighed(self, asked: Question, hits: Sequence[Hit]) -> list[Unit]:
        evidence = self.scorer.find(asked, hits)
        logits = self._logits(asked, hits, evidence)
        top = max(logits, default=0.0)
        powers = [math.exp(logit - top) for logit in logits]
        whole = math.fsum(powers)
        chances = [power / whole for power in powers]
        weighed = [
            replace(unit_of(one, asked), chance=_own_share(one, asked) * chance)
            for one, chance in zip(evidence, chances, strict=True)
        ]
        return sorted(weighed, key=lambda unit: (unit.evidence.hit.rank, unit.evidence.start))

    def _logits(
        self, asked: Question, hits: Sequence[Hit], evidence: Sequence[Evidence]
    ) -> list[float]:
        """Return how likely each piece is, in nats; in other languages by cosines."""
        if asked.is_foreign and asked.in_other_language(hits, across=""):
            first = [one for one in evidence if one.hit.rank <= COMPARED_HITS]
            cosines = self.similar(asked.searched.spoken, [one.text for one in first])
            if cosines is None:
                return [FOUND * one.hit.score for one in evidence]
            known = {(one.hit.rank, one.start): c for one, c in zip(first, cosines, strict=True)}
            return [SIMILAR * known.get((one.hit.rank, one.start), 0.0) for one in evidence]
        signs = signs_of(
            evidence,
            self.scorer.importance(asked),
            self.scorer.readings(asked, hits),
            stems=asked.content_read,
        )
        return [WEIGHTS.logit_of(one) for one in signs]


def likeliest(units: Sequence[Unit]) -> Unit | None:
    """Return the unit that is likeliest to tell what is asked for; None without any."""
    return max(units, key=lambda unit: unit.chance, default=None)


def left_out(said: str, units: Sequence[Unit]) -> Unit | None:
    """Return the likeliest unit where it is likely, and something else than what is said."""
    best = likeliest(_quotable(units))
    if best is None or best.chance < MIN_LEFT_OUT:
        return None
    own, others = set(content_stems(best.shown)), set(content_stems(said))
    return best if len(own & others) < SAME * min(len(own), len(others)) else None


def quotations(
    units: Sequence[Unit],
    *,
    max_words: int,
    max_places: int = MAX_PLACES,
    after: str = "",
    admitted: Callable[[Unit], bool] = lambda _unit: True,
) -> list[str]:
    """Return the likeliest of weighed units as quotations, a text for each hit.

    Those that are likeliest for their length lead. They stand below what is said already, `after`,
    without a word of ours: what says little more is left out, and what is far less likely than the
    likeliest, or not `admitted`. The first may be of any length; there are at most two for each of
    `max_places`, and `MAX_UNITS` in all.
    """
    likely = _quotable(units)
    share = MIN_SHARE_AFTER if after else MIN_SHARE
    least = share * max((unit.chance for unit in likely), default=0.0)
    said = set(content_stems(after))
    likely = [unit for unit in likely if unit.chance >= least and admitted(unit)]
    new = [unit for unit in likely if not _is_said(unit, said)]
    places: dict[str, list[Unit]] = {}
    known: list[set[str]] = []
    room, left = max_words, min(MAX_UNITS, 2 * max_places)
    for unit in sorted(new, key=lambda unit: -unit.chance / (BREAK_WORDS + unit.word_count)):
        own, hit = set(words(unit.shown)), unit.evidence.hit.chunk.id
        fits = not places or unit.word_count <= room
        is_further = hit not in places and len(places) == max_places
        if not (left and fits) or is_further or any(own <= k for k in known):
            continue
        places.setdefault(hit, []).append(unit)
        known.append(own)
        room, left = room - unit.word_count, left - 1
    return [quotation(place) for place in places.values()]


def _quotable(units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in _as_named(units) if _is_whole(unit)]


def _as_named(units: Sequence[Unit]) -> list[Unit]:
    """Return the units without other rows and lettering beside rows that the question names."""
    chunks = [unit.evidence.hit.chunk for unit in units if unit.is_named]
    tables = {chunk.id for chunk in chunks}
    pages = {(chunk.doc_id, chunk.page) for chunk in chunks}

    def is_near(chunk: Chunk) -> bool:
        return chunk.id in tables or (
            chunk.role == "figure" and (chunk.doc_id, chunk.page) in pages
        )

    return [u for u in units if u.is_named or not is_near(u.evidence.hit.chunk)]


def _is_said(unit: Unit, said: set[str]) -> bool:
    own = set(content_stems(unit.shown))
    return bool(said) and len(own & said) >= MAX_SAID * len(own)


def _is_whole(unit: Unit) -> bool:
    """Tell whether a unit says something alone: no heading, number, nor what leads to a list."""
    if unit.shown.rstrip('”"').endswith(":") or _is_heading(unit):
        return False
    said = len(_WORD.findall(unit.shown))
    if unit.is_line:
        return said > 0 or unit.is_row
    is_ended = unit.shown[-1:] in f'{SENTENCE_ENDS}”"'
    return said >= MIN_SAID and (unit.word_count >= MIN_WORDS or is_ended or _is_alone(unit))


def _is_heading(unit: Unit) -> bool:
    """Tell whether a unit is one of the headings above it, without its number."""
    return any(heading.endswith(unit.shown) for heading in unit.evidence.hit.chunk.headings)


def _is_alone(unit: Unit) -> bool:
    """Tell whether a unit is all that its hit says, as a note of one line is."""
    chunk, text = unit.evidence.hit.chunk, unit.evidence.text.strip()
    return chunk.role == "text" and text == chunk.text.strip()


def _own_share(evidence: Evidence, asked: Question) -> float:
    """Return how much the chance of evidence counts: less where its kind tells little by itself."""
    chunk = evidence.hit.chunk
    if is_listing(chunk):
        return LISTING
    if chunk.role == "figure" and _is_of_axis(evidence.text):
        return MARKS
    return OCR_SHARE if chunk.role == "figure" and not asks_for(asked, chunk) else 1.0


def _is_of_axis(text: str) -> bool:
    """Tell whether lettering is numbers and single letters, but for few words."""
    tokens = [word for word in text.split() if any(map(str.isalnum, word))]
    return len(_WORD.findall(text)) < MIN_WORDED * len(tokens)


def signs_of(
    evidence: Sequence[Evidence],
    importance: Mapping[str, float],
    readings: Mapping[str, Reading],
    *,
    stems: Callable[[str], Iterable[str]],
) -> Iterator[UnitSigns]:
    """Yield what speaks for each piece of evidence; `importance` is that of some stems."""
    for one in evidence:
        reading = readings.get(one.hit.chunk.id, UNREAD)
        new = set(stems(one.text)) - importance.keys()
        yield UnitSigns(
            evidence=_logit(one.score),
            read=read_share(one, reading),
            relevance=_logit(reading.relevance),
            opens=float(one.start == 0),
            new_words=math.log(1 + len(new)),
            length=math.log(1 + len(words(one.text))),
        )


def _logit(chance: float) -> float:
    if chance <= 0:
        return MIN_LOGIT
    return max(MIN_LOGIT, math.log(chance / max(1e-9, 1 - chance)))
