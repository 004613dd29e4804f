"""Hits read with the question: what each passage says, kept with it for the stages that need it.

Knows the `PassageReader` protocol; knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Readings:
    """Reads each question and chunk once. Until `ready`, and without a reader, nothing is read."""

    def __init__(
        self, reader: PassageReader | None, *, ready: Callable[[], bool] = lambda: True
    ) -> None:
        self._reader = reader
        self._ready = ready

    def read(self, asked: Question, hits: Sequence[Hit]) -> list[Reading]:
        """Return a reading of each hit; that of one that is not read is `UNREAD`.

        Words in front that only name the document are not read with it: they fit all of it.
        """
        if self._reader is None or not self._ready():
            return [UNREAD] * len(hits)
        kept = asked.once((self, "read"), dict[str, Reading])
        new = [hit for hit in hits if hit.chunk.id not in kept]
        if new:
            kept.update(self._fresh(asked, new, self._reader))
        return [kept[hit.chunk.id] for hit in hits]

    def of_first(self, asked: Question, hits: Sequence[Hit]) -> dict[str, Reading]:
        """Return what the first hits say by their chunks' ids; `UNREAD` of those not needed.

        `READ_HITS` are read, or `SURE_HITS` where one that was read before answers.
        """
        kept = asked.once((self, "read"), dict[str, Reading])
        is_sure = any(reading.relevance >= SURE for reading in kept.values())
        most = SURE_HITS if is_sure else READ_HITS
        self.read(asked, hits[:most])
        return {hit.chunk.id: kept.get(hit.chunk.id, UNREAD) for hit in hits}

    def _fresh(
        self, asked: Question, hits: Sequence[Hit], reader: PassageReader
    ) -> dict[str, Reading]:
        texts = [hit.chunk.text for hit in hits]
        contexts = [hit.chunk.context for hit in hits]
        readings = reader.read(asked.of_passage, texts, contexts=contexts)
        return {hit.chunk.id: reading for hit, reading in zip(hits, readings, strict=True)}
