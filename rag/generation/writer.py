"""The model that comes with the set-up writes one to three sentences from a few short sources.

Untaught it needs worked examples before the question; they are the same each time, so they are read
once (prefix caching). Knows the seam of a language model; knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import prompts
from rag.answer.base.prompt import fenced
from rag.answer.base.refusal import is_refusal
from rag.answer.base.written_marks import with_plain_marks
from rag.datamodel import AnswerLength
from rag.generation.context import Source
from rag.generation.draft import Draft, Sentence, sentences_of
from rag.models.llm.protocol import LanguageModel

MOST_TOKENS: Final[dict[AnswerLength, int]] = {"short": 50, "usual": 90, "long": 220}
PROMPT: Final = "answer"


class AnswerWriter:
    """Writes drafts. The same sources and question give the same draft."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def model_id(self) -> str:
        return self._model.model_id

    def warm(self) -> None:
        """Read the instructions and examples now: the first question then waits for neither."""
        self._model.complete(*_instructions(), "Question: ready?", max_tokens=1)

    def write(
        self,
        question: str,
        sources: Sequence[Source],
        *,
        language: str = "",
        length: AnswerLength = "usual",
    ) -> Draft:
        """Return what the sources say to the question; marks are the sources' ranks.

        `language` (its English name) is that of the answer; "": the question's. Raises ModelError.
        """
        user = _sources(sources) + _asked(question, language)
        written = self._model.complete(*_instructions(), user, max_tokens=MOST_TOKENS[length])
        text = with_plain_marks(written.text)
        if is_refusal(text):
            return Draft(refused=True, mean_logprob=written.mean_logprob)
        sentences = tuple(_of_ranks(one, sources) for one in sentences_of(text))
        if written.finish_reason == "length" and len(sentences) > 1:
            sentences = sentences[:-1]  # cut off amid it
        return Draft(
            sentences=sentences,
            mean_logprob=written.mean_logprob,
            finish_reason=written.finish_reason,
        )


def _of_ranks(sentence: Sentence, sources: Sequence[Source]) -> Sentence:
    """Return a sentence marked by ranks instead of places in the prompt; other marks go."""
    known = [n for n in sentence.numbers if 1 <= n <= len(sources)]
    return replace(sentence, numbers=tuple(sources[n - 1].hit.rank for n in known))


def _instructions() -> tuple[str, tuple[tuple[str, str], ...]]:
    return prompts.load(PROMPT).template.strip(), prompts.load_examples(PROMPT)


def _sources(sources: Sequence[Source]) -> str:
    """Return the sources, numbered from 1 in their order."""
    return "".join(
        prompts.load("answer_source").substitute(
            number=number, file=_place(source), text=fenced(_told(source))
        )
        for number, source in enumerate(sources, start=1)
    )


def _place(source: Source) -> str:
    chunk = source.hit.chunk
    return fenced(f"{chunk.source}, page {chunk.page}" if chunk.page else chunk.source)


def _told(source: Source) -> str:
    return f"{source.lead}\n{source.text}" if source.lead else source.text


def _asked(question: str, language: str) -> str:
    wanted = f"\nAnswer in {language}." if language else ""
    return f"Question: {question}{wanted}"
