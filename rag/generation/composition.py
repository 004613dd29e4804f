"""The text of an answer: what is said first, then at most two short quotations.

Sources are numbered anew in the order in which the text uses them. Knows text; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from rag.answer.base.refusal import PARTLY, QUOTED, UNSURE
from rag.answer.question.question import Question
from rag.datamodel import AnswerLength, Context, Hit
from rag.generation.answerability import State
from rag.generation.verification import CheckedDraft
from rag.text import MARK

MAX_QUOTATIONS: Final = 2
MAX_BELOW: Final = 1
"""Below written sentences; where all is asked for so many as where nothing is written."""

QUOTED_WORDS: Final[dict[AnswerLength, int]] = {"short": 20, "usual": 40, "long": 120}
"""Of all quotations below the sentences together."""

UNSEEN: Final = "What the model read off a picture is not checked: look at the picture."
TRANSLATED: Final = (
    "The sources are in another language: of what is written only the numbers are checked."
)
UNHELD: Final = "What the model wrote and its sources do not bear out is left out."

_NUMBER: Final = re.compile(r"\d+")


def lead_of(state: State, *, is_written: bool) -> str:
    """Return the line above an answer that is not sure; "" of one that is."""
    if state == "answered":
        return ""
    return UNSURE if is_written else PARTLY


def in_own_words(asked: Question, quoted: str) -> str:
    """Return the line above a quotation in another language than the question's; else ""."""
    return asked.say(QUOTED) if asked.is_in_other_language_than(quoted) else ""


def in_language_of(asked: Question, checked: CheckedDraft) -> CheckedDraft:
    """Return what was written, without its sentences where they are not in the question's language.

    A small model falls into the language of the sources, or into English.
    """
    said = " ".join(sentence.text for sentence in checked.sentences).replace("*", "")
    return replace(checked, sentences=()) if asked.is_in_other_language_than(said) else checked


def notes_of(checked: CheckedDraft) -> tuple[str, ...]:
    """Return what a person is told of the check of what a model wrote, and of how it went."""
    unheld = (UNHELD,) if checked.unheld else ()
    return (*checked.draft.notes, *unheld, *((UNSEEN,) if checked.is_seen else ()))


def compose(lead: str, said: str, quotations: Sequence[str]) -> str:
    """Return what is read first, and the quotations below it, each a paragraph."""
    return "\n\n".join(filter(None, (lead, said, *quotations)))


def quotations_start(text: str, quotations: int) -> int:
    """Return where the last so many paragraphs of a composed text begin."""
    paragraphs = text.split("\n\n")
    return sum(len(said) + 2 for said in paragraphs[: len(paragraphs) - quotations])


def added(quotations: Sequence[str], quoted: Context, read: Context) -> tuple[list[str], Context]:
    """Return quotations with marks of `read` instead of `quoted`, and `read` with what it lacked.

    A text that uses both contexts then has one numbering.
    """
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
    """Return the text with its sources numbered 1, 2, 3 … as they come in it, and the context so.

    What the text does not use follows in its order.
    """
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
