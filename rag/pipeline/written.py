"""What a model writes of given sources, each sentence checked, without a quotation below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.answer.base.citations import cited
from rag.datamodel import Answer
from rag.generation.composition import in_order_of_use
from rag.generation.draft import Draft, joined
from rag.generation.verification import check


def written(drafts: Iterable[Draft], begun: Answer, question: str) -> Iterator[Answer]:
    """Yield `begun` as drafts grow, with what of them stands; nothing while that is nothing.

    The same draft again is no growth: whoever asks may leave there.
    """
    last, answer = Draft(), begun
    for draft in drafts:
        if draft is not last:
            last, answer = draft, _told(draft, begun, question)
        if answer is not begun:
            yield answer


def _told(draft: Draft, begun: Answer, question: str) -> Answer:
    said = joined(check(draft, question, draft.reading.sources).sentences)
    if not said:
        return begun
    answer = cited(begun, *in_order_of_use(said, draft.reading.context))
    return replace(answer, notes=(*begun.notes, *draft.notes), written=draft.usage)
