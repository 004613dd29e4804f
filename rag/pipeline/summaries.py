"""The way of a summary: what stands for the documents, quoted; of one, written where a model is.

Quotations are there at once; the sentences come in their place, each checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import prompts
from rag.answer.base.citations import cited
from rag.answer.base.cited_text import hits_of
from rag.answer.question.question import Question
from rag.answer.wishes.summary_wish import Length, SummaryWish
from rag.datamodel import Answer, Context, Hit
from rag.errors import ModelError
from rag.generation.composition import in_order_of_use
from rag.generation.context import Source
from rag.generation.draft import Draft, Sentence, joined
from rag.generation.support import stems_of
from rag.generation.verification import check
from rag.generation.writer import AnswerWriter
from rag.index.rows.records import DocumentRecord
from rag.summarization.statements import Statement
from rag.summarization.summarizer import STAGE, Selection, Summarizer

WRITTEN: Final[dict[Length, tuple[str, int]]] = {
    "short": ("two", 110),
    "medium": ("four", 220),
    "long": ("eight", 440),
}
"""So many sentences of at most so many tokens."""

WriteSummary = Callable[[Question, SummaryWish, Answer, Selection], Iterator[Answer]]
"""Yields a growing answer over what was selected, given how it is quoted.

Raises ModelError: the summary is quoted then.
"""


def summarize(
    asked: Question,
    wish: SummaryWish,
    records: Sequence[DocumentRecord],
    summarizer: Summarizer,
    write: WriteSummary | None,
) -> Iterator[Answer]:
    """Yield a growing summary of `records`, at least one; the last is complete."""
    begin = time.perf_counter()
    selection = summarizer.select(wish, records)
    last = quoted = summarizer.quoted(asked, wish, records, selection)
    try:
        for last in write(asked, wish, quoted, selection) if write and quoted.citations else ():
            if not last.complete:
                yield last
    except ModelError as error:
        last = replace(quoted, notes=(*quoted.notes, str(error)))
    taken = time.perf_counter() - begin
    yield replace(
        last, timings_s=(*last.timings_s, (STAGE, taken), ("total", taken)), complete=True
    )


def told_by(write: Callable[[Question, Sequence[Hit]], Iterator[Answer]]) -> WriteSummary:
    """Return what has a larger model write of the chunks that were selected."""

    def told(
        asked: Question, wish: SummaryWish, quoted: Answer, selection: Selection
    ) -> Iterator[Answer]:
        del quoted
        of_one = len(selection.documents) == 1
        request = prompts.load("summary").substitute(
            sentences=WRITTEN[wish.length][0], what="document" if of_one else "documents"
        )
        hits = [source.hit for source in _sources(selection.statements)]
        for answer in write(asked.part(request.strip()), hits):
            yield replace(answer, query=asked.said, standalone_query=asked.said.text)

    return told


def written_by(writer: AnswerWriter) -> WriteSummary:
    """Return what has the model of the set-up sum up one document, in its language.

    Several documents, and what is no prose, are told in their own words: of lines and rows, and in
    another language, so small a model writes nonsense.
    """

    def written(
        asked: Question, wish: SummaryWish, quoted: Answer, selection: Selection
    ) -> Iterator[Answer]:
        yield quoted
        if len(selection.documents) > 1 or not all(one.is_whole for one in selection.statements):
            return
        sources = _sources(selection.statements)
        context = Context(hits=tuple(source.hit for source in sources))
        sentences, max_tokens = WRITTEN[wish.length]
        for draft in writer.summarize(sources, sentences=sentences, max_tokens=max_tokens):
            said = joined(check(_marked(draft, sources), asked.standalone, sources).sentences)
            if said:
                plain = replace(quoted, notes=(), figures=())
                yield cited(plain, *in_order_of_use(said, context))

    return written


def _marked(draft: Draft, sources: Sequence[Source]) -> Draft:
    """Return the sentences of a draft marked with the source that has most of their words."""

    def shared(sentence: Sentence, source: Source) -> int:
        return len(stems_of(sentence.text) & stems_of(source.text))

    sentences = [
        replace(one, numbers=(max(sources, key=lambda source: shared(one, source)).hit.rank,))
        for one in draft.sentences
    ]
    return replace(draft, sentences=tuple(sentences))


def _sources(statements: Sequence[Statement]) -> list[Source]:
    """Return the statements as the places that they stand in, in the documents' order."""
    parts: dict[str, list[Statement]] = {}
    for one in statements:
        parts.setdefault(one.chunk.id, []).append(one)
    hits = hits_of([part[0].chunk for part in parts.values()])
    return [
        Source(hit=hit, text=" ".join(one.text for one in part))
        for hit, part in zip(hits, parts.values(), strict=True)
    ]
