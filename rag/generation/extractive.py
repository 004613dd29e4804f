"""Answers where no language model writes: the likeliest places, quoted with their marks.

It writes nothing of its own: every answer is ranges of the sources. Knows weighed evidence; knows
no model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rag.answer.base.refusal import CLOSEST
from rag.answer.compose.region import described, region_meant
from rag.answer.passages.passages import Passages, quotations
from rag.answer.question.question import Question, understand
from rag.datamodel import AnswerLength, Context, Prompt
from rag.protocols import Embedder

MAX_WORDS: Final[dict[AnswerLength, int]] = {"short": 30, "usual": 60, "long": 150}
"""Of all quotations together."""


class ExtractiveWriter:
    """Quotes evidence. The same prompt gives the same answer."""

    def __init__(self, passages: Passages, embedder: Embedder) -> None:
        self._passages = passages
        self._embedder = embedder

    @property
    def model_id(self) -> str:
        return "extractive"

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        yield from filter(None, (self.quote(understand(prompt.query), prompt.context),))

    def quote(self, asked: Question, context: Context) -> str:
        """Return the answer in the sources' words; "" where they hold none."""
        region = region_meant(asked)
        return described(region, mark="[1]") if region else self._quoted(asked, context)

    def closest(self, asked: Question, context: Context) -> str:
        """Return what comes closest to an answer that is not stated; "" where that is nothing."""
        quoted = self._quoted(asked, context)
        return f"{asked.say(CLOSEST)}\n\n{quoted}" if quoted else ""

    def _quoted(self, asked: Question, context: Context) -> str:
        units = self._passages.units(asked, context.hits)
        return "\n\n".join(quotations(units, max_words=MAX_WORDS[asked.wishes.length]))
