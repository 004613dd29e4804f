"""Hits read with the question: what each passage says, kept for the stages that need it.

Reranks hits by it (the `Reranker` seam). Knows the `PassageReader` protocol; knows no model.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Hit, Query
from rag.protocols import PassageReader, Reading

READ_HITS: Final = 8
"""How many hits are read; the others keep their order behind them."""

RELEVANCE_WEIGHT: Final = 2.0
"""What relevance counts beside 1 / rank (measured: page hit@5 92.0 -> 94.0; see
benchmarks/LOG.md)."""

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
        """Return a reading of each hit; that of one that is not read is `UNREAD`."""
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

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order the first hits by relevance and rank together. Scores fall within 0..1."""
        read = self.read(query.text, hits[:READ_HITS])
        scored = [
            replace(hit, score=_mixed(reading.relevance, hit.rank), channel="reranked")
            for hit, reading in zip(hits, [*read, *[UNREAD] * len(hits)], strict=False)
        ]
        first = sorted(scored[:READ_HITS], key=lambda hit: (-hit.score, hit.rank))
        floor = first[-1].score if first else 0.0
        rest = [replace(hit, score=min(floor, hit.score)) for hit in scored[READ_HITS:]]
        return [replace(hit, rank=n) for n, hit in enumerate([*first, *rest], start=1)]

    def _add(self, hits: Sequence[Hit], question: str, reader: PassageReader) -> None:
        if not hits:
            return
        texts = [hit.chunk.text for hit in hits]
        readings = reader.read(question, texts, contexts=[hit.chunk.context for hit in hits])
        for hit, reading in zip(hits, readings, strict=True):
            self._kept[question, hit.chunk.id] = reading


def _mixed(relevance: float, rank: int) -> float:
    return (RELEVANCE_WEIGHT * relevance + 1 / rank) / (RELEVANCE_WEIGHT + 1)
