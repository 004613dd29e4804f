"""Whether the documents hold the answer, and whether what is said is right: decided by us.

A small model states something for nineteen of twenty questions that have no answer, so it is not
asked. One logistic regression over what search, reader, ranking, the model's own probability and
the checks of its sentences say. Fitted by `training.answerability`; see training/LOG.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rag.answer.base.logistic import Regression
from rag.answer.finding import Inquiry
from rag.answer.passages.units import Unit
from rag.answer.trust.numbers import numbers_in, unfound_numbers
from rag.generation.context import Source
from rag.generation.verification import CheckedDraft
from rag.text import stem, unsaid, words

State = Literal["answered", "partial", "not_found"]

ANSWERED: Final = 0.5
"""Chance of being right from which an answer is stated."""

_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerabilitySigns(Regression):
    """What speaks for an answer, or what each sign weighs.

    `held` and `right` are logits of the chances by retrieval alone, `logprob` the mean of the
    written tokens, `written` whether a sentence stands, `dropped` whether one did not, `cover` how
    much of the sentences stands in their sources, `evidence` the chance of the likeliest unit that
    holds what is said, against the likeliest of all; `asked` the share of the question's words in
    the cited source; `number` whether a number is said, `length` the logarithm of the words.
    """

    intercept: float = 1.0
    held: float = 0.0
    right: float = 0.0
    logprob: float = 0.0
    written: float = 0.0
    dropped: float = 0.0
    cover: float = 0.0
    evidence: float = 0.0
    asked: float = 0.0
    number: float = 0.0
    length: float = 0.0


WEIGHTS: Final = AnswerabilitySigns(intercept=-0.5, held=0.5, logprob=2.0, evidence=1.0, asked=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The state of an answer, and the chance that it is right."""

    state: State
    confidence: float


def judge(
    found: Inquiry,
    units: Sequence[Unit],
    sources: Sequence[Source],
    checked: CheckedDraft,
) -> Judgement:
    """Return how far what was written answers the question."""
    chance = WEIGHTS.chance_of(signs_of(found, units, sources, checked))
    is_said = bool(checked.sentences) and chance >= ANSWERED
    return Judgement(state="answered" if is_said else "partial", confidence=chance)


def signs_of(
    found: Inquiry,
    units: Sequence[Unit],
    sources: Sequence[Source],
    checked: CheckedDraft,
) -> AnswerabilitySigns:
    """Return what speaks for what was written."""
    said = " ".join(sentence.text for sentence in checked.sentences)
    ranks = {number for sentence in checked.sentences for number in sentence.numbers}
    cited = [source for source in sources if source.hit.rank in ranks] or list(sources[:1])
    return AnswerabilitySigns(
        held=_logit(found.verdict.held),
        right=_logit(found.verdict.right),
        logprob=checked.draft.mean_logprob,
        written=float(bool(checked.sentences)),
        dropped=float(checked.dropped > 0),
        cover=checked.cover,
        evidence=_evidence(said, units),
        asked=_asked(found.asked.standalone, cited),
        number=float(bool(numbers_in(said))),
        length=math.log1p(len(said.split())),
    )


def _evidence(said: str, units: Sequence[Unit]) -> float:
    """Return the chance of the unit that tells most of what is said, as a share of the most."""
    most = max((unit.chance for unit in units), default=0.0)
    key = " ".join(_BOLD.findall(said)) or said
    own = _stems(key)
    held = [unit for unit in units if not unfound_numbers(key, unit.evidence.text)]
    if not (most and own and held):
        return 0.0
    return max(
        unit.chance / most * len(own & _stems(unit.evidence.text)) / len(own) for unit in held
    )


def _asked(question: str, cited: Sequence[Source]) -> float:
    """Return the share of the question's words that stand in the cited places."""
    own = _stems(question)
    told = _stems(" ".join(f"{s.hit.chunk.source} {s.hit.chunk.embedding_text}" for s in cited))
    return len(own & told) / len(own) if own else 0.0


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in unsaid()}


def _logit(chance: float) -> float:
    return math.log(max(1e-4, chance) / max(1e-4, 1 - chance))
