"""Hits read with the question: what each passage says, kept for the stages that need it.

Knows the `PassageReader` protocol; knows no model.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from rag.answer.question.asked import asked_of_passage
from rag.datamodel import Hit
from rag.protocols import PassageReader, Reading

READ_HITS: Final = 12
"""How many hits are read; the others keep their order behind them (page hit@1 over folds: 81.3
at 8, 82.7 at 12; see benchmarks/LOG.md)."""

KEPT_READINGS: Final = 512

UNREAD: Final = Reading(relevance=0.0)


class Readings:
    """Reads each question and chunk once. Until `ready`, and without a reader, nothing is read."""

    def __init__(
        self, reader: PassageReader | None, *, ready: Callable[[], bool] = lambda: True
    ) -> None:
        self._reader = reader
        self._ready = ready
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Reading] = OrderedDict()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Return a reading of each hit; that of one that is not read is `UNREAD`.

        Words in front that only name the document are not read with it: they fit all of it.
        """
        question = asked_of_passage(question)
        if self._reader is None or not self._ready():
            return [UNREAD] * len(hits)
        keys = [(question, hit.chunk.id) for hit in hits]
        with self._lock:
            self._add(
                [hit for hit, key in zip(hits, keys, strict=True) if key not in self._kept],
                question,
                self._reader,
            )
            found = [self._kept[key] for key in keys]
            while len(self._kept) > KEPT_READINGS:
                self._kept.popitem(last=False)
        return found

    def _add(self, hits: Sequence[Hit], question: str, reader: PassageReader) -> None:
        if not hits:
            return
        texts = [hit.chunk.text for hit in hits]
        readings = reader.read(question, texts, contexts=[hit.chunk.context for hit in hits])
        for hit, reading in zip(hits, readings, strict=True):
            self._kept[question, hit.chunk.id] = reading
