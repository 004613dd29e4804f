"""The text of an answer: what is said first, then at most two short quotations.

Sources are numbered anew in the order in which the text uses them. Knows text; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.answer.base.refusal import PARTLY
from rag.datamodel import AnswerLength, Context
from rag.generation.answerability import State
from rag.retrieve.fusion import renumber
from rag.text import MARK

MOST_QUOTATIONS: Final = 2
QUOTED_WORDS: Final[dict[AnswerLength, int]] = {"short": 20, "usual": 40, "long": 120}
"""Of all quotations below the sentences together."""

_NUMBER: Final = re.compile(r"\d+")


def lead_of(state: State) -> str:
    """Return the line above an answer that is not sure; "" of one that is."""
    return PARTLY if state == "partial" else ""


def compose(lead: str, said: str, quotations: Sequence[str]) -> str:
    """Return what is read first, and the quotations below it, each a paragraph."""
    return "\n\n".join(filter(None, (lead, said, *quotations)))


def quotations_start(text: str, quotations: int) -> int:
    """Return where the last so many paragraphs of a composed text begin."""
    paragraphs = text.split("\n\n")
    return sum(len(said) + 2 for said in paragraphs[: len(paragraphs) - quotations])


def in_order_of_use(text: str, context: Context) -> tuple[str, Context]:
    """Return the text with its sources numbered 1, 2, 3 … as they come in it, and the context so.

    What the text does not use follows in its order.
    """
    used = [int(number) for mark in MARK.findall(text) for number in _NUMBER.findall(mark)]
    known = {hit.rank: hit for hit in context.hits}
    order = [rank for rank in dict.fromkeys(used) if rank in known]
    order += [rank for rank in known if rank not in order]
    new = {rank: number for number, rank in enumerate(order, start=1)}
    moved = MARK.sub(lambda mark: _renumbered(mark[1], new), text)
    return moved, replace(context, hits=tuple(renumber([known[rank] for rank in order])))


def _renumbered(numbers: str, new: dict[int, int]) -> str:
    found = (int(number) for number in _NUMBER.findall(numbers))
    return f"[{', '.join(str(new.get(number, number)) for number in found)}]"
