"""Searches beside the process that owns a workspace, while that stores a document each second.

python -m benchmarks.scale.beside FOLDER [DOCUMENTS]

FOLDER is a workspace that `benchmarks.scale.series` has grown; what is stored is taken out again.
Told are how long a search takes with and without changes before it, how long after it was stored a
document is found by its vectors, and what this process holds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.scale.large import CENTRES, DIM, QUERY_WORDS, made_up, memory
from benchmarks.scale.series import ANOTHER, made, many, own_mb, say, search, since_start
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.engine.build import build_engine
from rag.engine.engine import Engine
from rag.models.embeddings.embedders import minilm
from rag.settings import load_settings
from rag.storage.workspace.store import WorkspaceIndex

A_PAUSE_S: Final = 1.0
SOON_S: Final = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("documents", type=int, nargs="?", default=20)
    parser.add_argument("--store", action="store_true", help="be the process that stores")
    options = parser.parse_args()
    if options.store:
        store(options.folder, options.documents)
    else:
        look(options.folder, options.documents)


def store(folder: Path, documents: int) -> None:
    """Own the workspace; store a document a second, and tell when."""
    words = made_up()
    centres = np.random.default_rng(0).standard_normal((CENTRES, DIM))
    model_id = minilm().model_id
    with WorkspaceIndex.open(
        folder, model_id=model_id, dim=DIM, chunker_version=CHUNKER_VERSION
    ) as index:
        index.search_dense(np.ones((1, DIM), dtype=np.float32), k=1)
        say("open")
        sys.stdin.readline()
        sources: list[str] = []
        for n in range(documents):
            entry = made(ANOTHER + n, centres, words)
            index.put_all([entry])
            sources += entry.document.sources
            say(f"{entry.chunks[0].id} {time.time()}")
            time.sleep(A_PAUSE_S)
        index.remove_sources(sources)


def look(folder: Path, documents: int) -> None:
    command = [sys.executable, "-m", "benchmarks.scale.beside", str(folder), str(documents)]
    with subprocess.Popen(
        [*command, "--store"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        if owner.stdin is None or owner.stdout is None:
            raise RuntimeError("it has no pipes")
        owner.stdout.readline()
        settings = load_settings({}, workspace=folder)
        with build_engine(settings, chunker_version=CHUNKER_VERSION, beside=True) as engine:
            engine.warm()
            words, drawn = made_up(), Random(1)  # noqa: S311 - no secret
            questions = [words.text(drawn, QUERY_WORDS) for _ in range(documents + 1)]
            search(engine, questions[0])
            since_start("first hits")
            many("search", [partial(search, engine, text) for text in questions[1:]])
            owner.stdin.write("go\n")
            owner.stdin.flush()
            lags_s, taken_ms = [], []
            for line, text in zip(owner.stdout, questions[1:], strict=False):
                chunk_id, stored_s = line.split()
                lags_s.append(_found_s(engine, chunk_id) - float(stored_s))
                began_s = time.process_time()
                search(engine, text)
                taken_ms.append((time.process_time() - began_s) * 1000)
            p50, p95 = np.percentile(taken_ms, [50, 95])
            say(f"after a change, cpu p50 {p50:.0f} ms  p95 {p95:.0f} ms")
            say(f"found after  p50 {np.median(lags_s):.2f} s, at most {max(lags_s):.2f}")
            say(f"memory       {memory()}, own {own_mb():.0f} MB")


def _found_s(engine: Engine, chunk_id: str) -> float:
    """Return when a passage has its vector here."""
    until_s = time.time() + SOON_S
    while time.time() < until_s:
        if engine.index.vectors([chunk_id]):
            return time.time()
        time.sleep(0.01)
    raise SystemExit(f"{chunk_id} is not found within {SOON_S:.0f} s")


if __name__ == "__main__":
    main()
