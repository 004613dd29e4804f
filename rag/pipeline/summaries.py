"""The way of a summary: what stands for the documents, quoted; of one, written where a model is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rag.datamodel import Answer
from rag.errors import ModelError
from rag.generation.citations import cited, hits_of
from rag.generation.composition import UNHELD, in_order_of_use
from rag.generation.context import Source
from rag.generation.draft import Draft, joined
from rag.generation.verification.check import check
from rag.generation.writers.large_writer import Writer
from rag.storage.documents.records import DocumentRecord
from rag.summarization.statements import Statement
from rag.summarization.summarizer import STAGE, Selection, Summarizer
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import SummaryWish


def summarize(
    asked: Question,
    wish: SummaryWish,
    records: Sequence[DocumentRecord],
    summarizer: Summarizer,
    writer: Writer | None,
) -> Iterator[Answer]:
    """Yield a growing summary of `records`; where the writer fails it is quoted, with a note."""
    begin = time.perf_counter()
    selection = summarizer.select(wish, records)
    last = quoted = summarizer.quoted(asked, wish, records, selection)
    try:
        if writer and quoted.citations and _is_writable(selection, writer):
            yield replace(quoted, complete=False)
            parts: dict[str, list[Statement]] = {}
            for one in selection.statements:
                parts.setdefault(one.chunk.id, []).append(one)
            hits = hits_of([part[0].chunk for part in parts.values()])
            drafts = writer.summarize(
                asked,
                [
                    Source(hit=hit, text=" ".join(one.text for one in part))
                    for hit, part in zip(hits, parts.values(), strict=True)
                ],
                wish.length,
            )
            for last in written(drafts, replace(quoted, notes=(), figures=()), asked.standalone):
                yield replace(last, complete=False)
            if last is quoted and writer.decides:
                last = replace(quoted, notes=(*quoted.notes, UNHELD))
    except ModelError as error:
        last = replace(quoted, notes=(*quoted.notes, str(error)))
    yield replace(last, timings_s=((STAGE, time.perf_counter() - begin),), complete=True)


def _is_writable(selection: Selection, writer: Writer) -> bool:
    """Tell whether a model sums up: a small one the prose of one document alone."""
    is_prose = all(one.is_whole for one in selection.statements)
    return writer.decides or (is_prose and len(selection.documents) == 1)


def written(drafts: Iterable[Draft], begun: Answer, question: str) -> Iterator[Answer]:
    """Yield `begun` with what of drafts stands; the same again where nothing grew."""
    last, answer = Draft(), begun
    for draft in drafts:
        if draft is not last:
            last, answer = draft, _answer_of(draft, begun, question)
        if answer is not begun:
            yield answer


def _answer_of(draft: Draft, begun: Answer, question: str) -> Answer:
    said = joined(check(draft, question, draft.reading.sources).sentences)
    if not said:
        return begun
    answer = cited(begun, *in_order_of_use(said, draft.reading.context))
    return replace(answer, notes=(*begun.notes, *draft.notes), written=draft.usage)
