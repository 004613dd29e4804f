"""What the pipeline is given: its stages as calls, and how much is found and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.answer.computed.table_answers import ToldResult
from rag.answer.question.question import Question
from rag.answer.trust.verify import Checked
from rag.datamodel import Answer, Context, Filters, Hit
from rag.retrieve.spelling import Meant

AsksTables = Callable[[Question, Context], ToldResult | None]
"""What a table of the sources gives by a sure plan."""

Verify = Callable[[Answer], Checked]
"""Returns the ranges of an answer's sentences that its sources do not bear out, and a note."""

Mend = Callable[[str, Filters], Meant]
"""A question with its misspelt words as the documents of these filters have them."""

Relate = Callable[[Sequence[str]], Mapping[str, Mapping[str, float]]]
"""What the documents have for some words: see `rag.retrieve.related_words`."""

Translate = Callable[[Question], tuple[tuple[str, float], ...]]
"""The words of a question in other languages that documents are in: `Query.otherwise`."""

Furnish = Callable[[Sequence[Hit], Context], Context]
"""What a generator is given to read, of all hits, best first, and of what was chosen to quote."""

Closest = Callable[[Question, Context], str]
"""What the sources say that is closest to an answer, with marks; "" where that is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is retrieved and read, and the chance of an answer under which none is given.

    `reading_tokens` and `pictures` are what a model that writes is given.
    """

    top_k: int
    context_hits: int
    context_tokens: int
    threshold: float
    reading_tokens: int = 6000
    pictures: int = 0
