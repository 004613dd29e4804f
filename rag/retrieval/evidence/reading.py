"""Hits read with the question: what each passage says, kept for the stages that need it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from rag.datamodel import Hit
from rag.protocols import PassageReader, Reading
from rag.understanding.question.question import Question

READ_HITS: Final = 12
"""How many hits are read; the others keep their order behind them (page hit@1 over folds: 81.3
at 8, 82.7 at 12; see benchmarks/LOG.md)."""

SURE: Final = 0.8
"""A passage read to be relevant by this answers so often that few more need be read."""
SURE_HITS: Final = 6
"""How many hits are read then: a quarter less of the processor for an answer, and no fact of three
sets of questions is lost (see benchmarks/LOG.md)."""

UNREAD: Final = Reading(relevance=0.0)


@dataclass(frozen=True, eq=False)
class Readings:
    """Reads each question and chunk once. Until `ready`, and without a reader, nothing is read."""

    reader: PassageReader | None
    _: KW_ONLY
    ready: Callable[[], bool] = lambda: True

    def read(self, asked: Question, hits: Sequence[Hit]) -> list[Reading]:
        """Return a reading of each hit, `UNREAD` of others; a long opening is not read with it."""
        if self.reader is None or not self.ready():
            return [UNREAD] * len(hits)
        kept = asked.once((self, "read"), dict[str, Reading])
        new = [hit for hit in hits if hit.chunk.id not in kept]
        if new:
            texts = [hit.chunk.text for hit in new]
            contexts = [hit.chunk.context for hit in new]
            readings = self.reader.read(asked.of_passage, texts, contexts=contexts)
            kept.update({hit.chunk.id: reading for hit, reading in zip(new, readings, strict=True)})
        return [kept[hit.chunk.id] for hit in hits]

    def of_first(self, asked: Question, hits: Sequence[Hit]) -> dict[str, Reading]:
        """Return what the first hits say by chunk: fewer are read where one surely answers."""
        kept = asked.once((self, "read"), dict[str, Reading])
        is_sure = any(reading.relevance >= SURE for reading in kept.values())
        most = SURE_HITS if is_sure else READ_HITS
        self.read(asked, hits[:most])
        return {hit.chunk.id: kept.get(hit.chunk.id, UNREAD) for hit in hits}
