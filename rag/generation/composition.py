"""The text of an answer: what is said, then short quotations; and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from rag.datamodel import AnswerLength, Context, Hit
from rag.generation.citations import file_name
from rag.generation.verification.check import CheckedDraft
from rag.generation.verification.confidence import Verdict
from rag.logistic import Regression, logit
from rag.refusal import NOT_ANSWERED, PARTLY, QUOTED, UNSURE
from rag.text import MARK
from rag.understanding.question.question import Question

State = Literal["answered", "partial"]

ANSWERED: Final = 0.55
"""Chance of being right from which an answer is stated."""

MIN_CHANCE: Final = 0.003
"""Of a refusal: what is less likely refused is as likely right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerabilitySigns(Regression):
    """What speaks for an answer, or what each sign weighs.

    `refusals` is the logit of the chance that the model finds nothing. `agreement` is how much of
    what is said other drafts say; 0 where nothing stands.
    """

    intercept: float = 1.0
    refusals: float = 0.0
    agreement: float = 0.0


WEIGHTS: Final = AnswerabilitySigns(intercept=-1.25, refusals=-0.5, agreement=1.43)
"""By the regression of `training.answerability` (see training/LOG.md)."""

USUAL_AGREEMENT: Final = 0.7
"""Where a model writes one draft alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The state of an answer, and the chance that it is right."""

    state: State
    confidence: float


def judge(verdict: Verdict, checked: CheckedDraft) -> Judgement:
    """Return how far what was written answers; stated is what was found, in places near it."""
    chance = WEIGHTS.chance_of(signs_of(checked))
    if not (checked.sentences or checked.draft.refused):  # the quotation speaks alone
        chance = verdict.right
    is_found = verdict.is_near and (checked.sentences or not checked.draft.refused)
    is_stated = chance >= ANSWERED and is_found
    return Judgement(state="answered" if is_stated else "partial", confidence=chance)


def signs_of(checked: CheckedDraft) -> AnswerabilitySigns:
    return AnswerabilitySigns(
        refusals=logit(checked.draft.refusals, least=MIN_CHANCE),
        agreement=_agreement(checked),
    )


def _agreement(checked: CheckedDraft) -> float:
    agreement = checked.draft.agreement
    if not checked.sentences:
        return 0.0
    return USUAL_AGREEMENT if agreement is None else agreement


MAX_QUOTATIONS: Final = 2
MAX_BELOW: Final = 1
"""Below written sentences, and where the model finds nothing: of 27 such questions that have an
answer the first quotation held two facts, the second one (see benchmarks/LOG.md). Where what is
written does not stand, and where all is asked for, so many as above."""

QUOTED_WORDS: Final[dict[AnswerLength, int]] = {"short": 20, "usual": 40, "long": 120}
"""Of all quotations below the sentences together."""

UNSEEN: Final = "What the model read off a picture is not checked: look at the picture."
TRANSLATED: Final = (
    "The sources are in another language: of what is written only the numbers are checked."
)
UNHELD: Final = "What the model wrote and its sources do not bear out is left out."

_NUMBER: Final = re.compile(r"\d+")


def lead_of(state: State, checked: CheckedDraft) -> str:
    """Return the line above an answer that is not sure; "" of one that is."""
    if state == "answered":
        return ""
    if checked.sentences:
        return UNSURE
    return NOT_ANSWERED if checked.draft.refused else PARTLY


def in_own_words(asked: Question, quoted: str) -> str:
    """Return the line above a quotation in another language than the question's; else ""."""
    return asked.say(QUOTED) if asked.is_in_other_language_than(quoted) else ""


def in_language_of(asked: Question, checked: CheckedDraft) -> CheckedDraft:
    """Return what was written without sentences in another language than the question's."""
    kept = (
        one
        for one in checked.sentences
        if not asked.is_in_other_language_than(one.text.replace("*", ""))
    )
    return replace(checked, sentences=tuple(kept))


def notes_of(checked: CheckedDraft) -> tuple[str, ...]:
    """Return what a person is told of the check of what a model wrote, and of how it went."""
    unheld = (UNHELD,) if checked.unheld else ()
    return (*checked.draft.notes, *unheld, *((UNSEEN,) if checked.is_seen else ()))


def named(quotation: str, context: Context) -> str:
    """Return the name of the document that a quotation is of, with its mark."""
    rank = int(_NUMBER.findall(MARK.findall(quotation)[0])[0])
    hit = context.source(rank)
    return f"{file_name(hit.chunk)} [{rank}]" if hit else quotation


def compose(lead: str, said: str, quotations: Sequence[str]) -> str:
    """Return what is read first, and the quotations below it, each a paragraph."""
    return "\n\n".join(filter(None, (lead, said, *quotations)))


def quotations_start(text: str, quotations: int) -> int:
    paragraphs = text.split("\n\n")
    return sum(len(said) + 2 for said in paragraphs[: len(paragraphs) - quotations])


def added(quotations: Sequence[str], quoted: Context, read: Context) -> tuple[list[str], Context]:
    """Return quotations with marks of `read`, not `quoted`, and `read` with what it lacked."""
    hits, new = list(read.hits), {}
    known = {hit.chunk.id: hit.rank for hit in hits}
    free = 1 + max((hit.rank for hit in (*hits, *read.pages)), default=0)
    for hit in quoted.hits:
        if hit.chunk.id not in known:
            hits.append(replace(hit, rank=free))
            known[hit.chunk.id] = free
            free += 1
        new[hit.rank] = known[hit.chunk.id]
    moved = [MARK.sub(lambda mark: _renumbered(mark[1], new), text) for text in quotations]
    return moved, replace(read, hits=tuple(hits))


def in_order_of_use(text: str, context: Context) -> tuple[str, Context]:
    """Return text and context with sources numbered as they come; unused ones follow."""
    used = [int(number) for mark in MARK.findall(text) for number in _NUMBER.findall(mark)]
    ranks = [source.rank for source in (*context.hits, *context.pages)]
    order = [rank for rank in dict.fromkeys(used) if rank in ranks]
    order += [rank for rank in ranks if rank not in order]
    new = {rank: number for number, rank in enumerate(order, start=1)}
    moved = MARK.sub(lambda mark: _renumbered(mark[1], new), text)
    shown = context.pictures
    return moved, replace(
        context,
        hits=_numbered(context.hits, new),
        pages=_numbered(context.pages, new),
        pictures=None if shown is None else tuple(new[n] for n in shown if n in new),
    )


def _numbered(hits: Sequence[Hit], new: Mapping[int, int]) -> tuple[Hit, ...]:
    moved = (replace(hit, rank=new[hit.rank]) for hit in hits)
    return tuple(sorted(moved, key=lambda hit: hit.rank))


def _renumbered(numbers: str, new: Mapping[int, int]) -> str:
    found = (int(number) for number in _NUMBER.findall(numbers))
    return f"[{', '.join(str(new.get(number, number)) for number in found)}]"
