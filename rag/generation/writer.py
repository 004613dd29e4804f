"""The model that comes with the set-up writes one to three sentences from a few short sources.

Untaught it needs worked examples before the question; they are the same each time, so they are read
once (prefix caching). Knows the seam of a language model; knows no engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import prompts
from rag.answer.base.prompt import fenced
from rag.answer.base.refusal import is_refusal
from rag.answer.base.written_marks import with_plain_marks
from rag.datamodel import AnswerLength
from rag.generation.context import Source
from rag.generation.draft import Draft, Sentence, sentences_of
from rag.models.llm.protocol import LanguageModel, messages_of
from rag.text import MARK

MOST_TOKENS: Final[dict[AnswerLength, int]] = {"short": 50, "usual": 90, "long": 220}
PROMPT: Final = "answer"

_OWN_MARK: Final = re.compile(rf"(?<!\w){MARK.pattern}")
_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")


class AnswerWriter:
    """Writes drafts. The same sources and question give the same draft."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def model(self) -> LanguageModel:
        return self._model

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
    ) -> Iterator[Draft]:
        """Yield what the sources say to the question, grown by whole sentences; the last is all.

        Marks are the sources' ranks. `language` (its English name) is that of the answer; "": the
        question's. Raises ModelError.
        """
        user = _sources(sources) + _asked(question, language)
        messages = messages_of(*_instructions(), user)
        return self._drafts(messages, sources, max_tokens=MOST_TOKENS[length])

    def summarize(
        self, sources: Sequence[Source], *, sentences: str, max_tokens: int
    ) -> Iterator[Draft]:
        """Yield a summary of the sources in their language, grown as by `write`, without marks.

        Among numbered sources, and after examples of answers, a small model mixes up what belongs
        together; of plain text it does not (see benchmarks/LOG.md).
        """
        text = "\n".join(_plain(source.text) for source in sources)
        user = prompts.load("summarize_text").substitute(text=fenced(text), sentences=sentences)
        messages = messages_of(prompts.load("summarize").template.strip(), (), user.strip())
        return self._drafts(messages, sources, max_tokens=max_tokens)

    def _drafts(
        self,
        messages: Sequence[Mapping[str, str]],
        sources: Sequence[Source],
        *,
        max_tokens: int,
    ) -> Iterator[Draft]:
        text, logprob, shown = "", 0.0, 0
        for segment in self._model.stream(messages, max_tokens=max_tokens):
            text, logprob = text + segment.text, logprob + segment.logprob
            if segment.finish_reason:
                draft = _draft(text, sources, is_whole=segment.finish_reason == "stop")
                yield replace(draft, mean_logprob=logprob / max(1, segment.tokens))
            elif len((draft := _draft(text, sources, is_whole=False)).sentences) > shown:
                shown = len(draft.sentences)
                yield draft


def _draft(text: str, sources: Sequence[Source], *, is_whole: bool) -> Draft:
    """Return the sentences of a text; the last of one that is not whole is left out."""
    text = with_plain_marks(text)
    if is_refusal(text):
        return Draft(refused=True)
    sentences = sentences_of(text)
    whole = sentences if is_whole else sentences[:-1]
    return Draft(sentences=tuple(_of_ranks(sentence, sources) for sentence in whole))


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
    """Return the words of a source without marks and bold: a model copies what looks answered."""
    return _plain(f"{source.lead}\n{source.text}" if source.lead else source.text)


def _plain(told: str) -> str:
    return _OWN_MARK.sub(r"(\1)", _STRONG.sub(r"\1", told))


def _asked(question: str, language: str) -> str:
    wanted = f"\nAnswer in {language}." if language else ""
    return f"Question: {question}{wanted}"
