"""A whole workspace that grows: questions, memory, one document more and less, start, at each size.

python -m benchmarks.scale.series FOLDER [PASSAGES ...]

Grows the workspace in FOLDER to 10,000, 100,000 and 1,000,000 made-up passages with vectors, ten a
document (so 1,000 to 100,000 documents), and asks in a process of its own at each size. What FOLDER
holds already is kept, so a series that was stopped goes on. Where the disk has not the room for the
next size, it ends before.

Seconds are those of the clock; "cpu" are those that the process worked, which tell of the program
where the machine is busy. A search is by words and by meaning, nothing is read for it; the first
answer is a whole one. The store opens while a document is read, and searches go on meanwhile.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import psutil

from benchmarks.scale.made_up import (
    CENTRES,
    CHUNK_WORDS,
    DIM,
    QUERY_WORDS,
    Vocabulary,
    Watch,
    disk,
    entry_of,
    made_up,
    memory,
    rows_near,
    say,
)
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.datamodel import Query
from rag.models.embedders import minilm
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.settings import load_settings
from rag.storage.documents.records import DocumentToStore
from rag.storage.workspace.store import WorkspaceIndex

SIZES: Final = (10_000, 100_000, 1_000_000)
A_DOCUMENT: Final = 10
DOCUMENTS_A_COMMIT: Final = 200
QUESTIONS: Final = 40
HITS: Final = 20
ANOTHER: Final = 10**9
"""The number of the document that comes and goes."""

FREE_BYTES: Final = 15_000
"""What a passage is reckoned with on the disk before it is made: it takes 12,000 of a few."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("passages", type=int, nargs="*", default=SIZES)
    parser.add_argument("--ask", action="store_true", help="ask what there is, grow nothing")
    options = parser.parse_args()
    if options.ask:
        ask(options.folder)
        return
    for size in sorted(options.passages):
        grow(options.folder, size)
        command = [sys.executable, "-m", "benchmarks.scale.series", str(options.folder), "--ask"]
        subprocess.run(command, check=True)


def grow(folder: Path, size: int) -> None:
    """Store documents until the workspace holds so many passages."""
    folder.mkdir(parents=True, exist_ok=True)
    model_id = minilm().model_id
    with WorkspaceIndex(
        folder, model_id=model_id, dim=DIM, chunker_version=CHUNKER_VERSION
    ) as index:
        there = len(index.files())
        lack = size - there * A_DOCUMENT
        if shutil.disk_usage(folder).free < lack * FREE_BYTES:
            raise SystemExit(f"{lack * FREE_BYTES / 1e9:.0f} GB must be free for {size} passages")
        watch = Watch()
        for entries in _batches(there, size // A_DOCUMENT, made_up()):
            index.put_all(entries)
        if lack > 0:
            say(f"{size} passages  stored {watch.lap(lack)}  {memory()}")


def _batches(start: int, end: int, words: Vocabulary) -> Iterator[list[DocumentToStore]]:
    centres = np.random.default_rng(0).standard_normal((CENTRES, DIM))
    for first in range(start, end, DOCUMENTS_A_COMMIT):
        numbers = range(first, min(first + DOCUMENTS_A_COMMIT, end))
        yield [made(n, centres, words) for n in numbers]


def made(n: int, centres: np.ndarray, words: Vocabulary) -> DocumentToStore:
    """Return the document of this number: the same one each time."""
    drawn = Random(n)  # noqa: S311 - no secret
    rows = rows_near(centres, np.random.default_rng(n), A_DOCUMENT)
    return entry_of(n, rows, [words.text(drawn, CHUNK_WORDS) for _ in range(A_DOCUMENT)])


def ask(folder: Path) -> None:
    """Tell how long a start, searches and a change take over what the workspace holds."""
    words, drawn = made_up(), Random(1)  # noqa: S311 - no secret
    questions = [words.text(drawn, QUERY_WORDS) for _ in range(QUESTIONS + 2)]
    settings = load_settings({}, workspace=folder)
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()
        search(engine, questions[0])
        since_start("first hits")
        for _ in engine.ask(Query(text=questions[1])):
            pass
        since_start("first answer")
        many("search", [partial(search, engine, text) for text in questions[2:]])
        say(f"memory       {memory()}, own {own_mb():.0f} MB")
        _change(engine, questions[0], words)
    disk(folder)


def search(engine: Engine, text: str) -> None:
    engine.search(Query(text=text), HITS)


def since_start(name: str) -> None:
    clock_s = time.time() - psutil.Process().create_time()
    say(f"{name:16} {clock_s:.1f} s after the start, cpu {time.process_time():.1f} s")


def _change(engine: Engine, question: str, words: Vocabulary) -> None:
    """One document more and less, and the search after each; first what opens meanwhile."""
    many("store opened", [engine.index.prepare])
    entry = made(ANOTHER, np.random.default_rng(0).standard_normal((CENTRES, DIM)), words)
    for name, step in {
        "added": lambda: engine.index.put_all([entry]),
        "deleted": lambda: engine.index.remove_sources(entry.document.sources),
    }.items():
        many(f"one {name}", [step])
        many("search then", [partial(search, engine, question)])


def many(name: str, steps: list[Callable[[], object]]) -> None:
    taken = []
    for step in steps:
        start = time.perf_counter(), time.process_time()
        step()
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    for kind, times in zip(("", " cpu"), np.array(taken).T * 1000, strict=True):
        p50, p95 = np.percentile(times, [50, 95])
        say(f"{name + kind:16} p50 {p50:.0f} ms  p95 {p95:.0f} ms")


def own_mb() -> float:
    """Return the memory that is not of mapped files."""
    held = psutil.Process().memory_info()
    return float(held.rss - held.shared) / 1e6


if __name__ == "__main__":
    main()
