"""Pagelight's own search, by words and by meaning, asked as the others are."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.peer import HITS, run
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.datamodel import Query
from rag.pipeline.engine.build import build_engine
from rag.settings import load_settings


class Pagelight:
    def __init__(self, store: Path, _: str) -> None:
        settings = load_settings({}, workspace=store)
        self._engine = build_engine(settings, chunker_version=CHUNKER_VERSION)

    def search(self, question: str) -> int:
        return len(self._engine.search(Query(text=question), HITS))


if __name__ == "__main__":
    run(Pagelight)
