"""Search by meaning over many rows: two passes against all compared, time, memory, recall.

    python -m benchmarks.scale.vectors WORKSPACE QUESTIONS.jsonl [ROWS ...]

The rows are those of the workspace's chunks, then mixtures of two of them with noise; questions are
embedded as ever. "cpu" is the work of this process, which tells of the program on a busy machine;
"own" is the memory that is not of mapped files.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.engine.build import build_engine
from rag.protocols import Matrix
from rag.settings import load_settings
from rag.storage.vectors.rooms import FolderRoom
from rag.storage.vectors.unit_rows import UnitRows
from rag.storage.workspace.store import WorkspaceIndex

AT_ONCE: Final = 20_000
ASKED: Final = 200
"""So many are asked for, as by the program."""

TOLD: Final = 100
QUESTIONS: Final = 40
FEW: Final = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("rows", type=int, nargs="*", default=[100_000, 1_000_000])
    options = parser.parse_args()
    base, asked = real(options.workspace, options.questions)
    for count in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder) / "rows", base, asked, count)


def real(workspace: Path, questions: Path) -> tuple[Matrix, Matrix]:
    """Return the rows of the chunks, and of some questions."""
    lines = questions.read_text(encoding="utf-8").splitlines()
    settings = load_settings(os.environ, workspace=workspace)
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()
        ids = [chunk for found in _ids(engine.index) for chunk in found]
        rows = engine.index.vectors(ids)
        step = max(1, len(lines) // QUESTIONS)
        asked = [json.loads(line)["question"] for line in lines[::step][:QUESTIONS]]
        return np.stack(list(rows.values())), engine.embedder.embed_queries(asked)


def measure(folder: Path, base: Matrix, asked: Matrix, count: int) -> None:
    rng = np.random.default_rng(0)
    rows = UnitRows(base.shape[1], room=FolderRoom(folder))
    for start in range(0, count, AT_ONCE):
        some = mixed(base, rng, min(AT_ONCE, count - start))
        rows.put({f"{start + n:032x}": row for n, row in enumerate(some)})
    rows.end()
    print(f"{count} rows; first search, which chooses the axes: {_timed(rows, asked[:1])}")
    rows = UnitRows(base.shape[1], room=FolderRoom(folder))
    print(f"  opened again, first search: {_timed(rows, asked[:1])}")
    exact = UnitRows(base.shape[1], room=FolderRoom(folder), all_compared=count)
    shares = [len(_best(rows, one) & _best(exact, one)) / TOLD for one in asked]
    print(f"  two passes: {_timed(rows, asked)}; all: {_timed(exact, asked)}")
    print(f"  recall@{TOLD} {np.mean(shares):.4f}, own memory {_own_mb():.0f} MB")
    few = {f"{n:032x}": row for n, row in enumerate(mixed(base, rng, FEW))}
    print(
        f"  {FEW} dropped: {_lasts(lambda: rows.drop(few))}, put: {_lasts(lambda: rows.put(few))}"
    )


def mixed(base: Matrix, rng: np.random.Generator, count: int) -> Matrix:
    """Return unit rows near those of the base, shape (count, dim)."""
    one, other = (base[rng.integers(0, len(base), count)] for _ in range(2))
    noise = rng.standard_normal(one.shape).astype(np.float32) / np.sqrt(base.shape[1])
    rows = 0.8 * one + 0.35 * other + 0.35 * noise
    unit: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _ids(index: WorkspaceIndex) -> list[list[str]]:
    documents = index.documents()
    return list(index.chunks_by_document([one.id for one in documents]).values())


def _best(rows: UnitRows, vector: Matrix) -> set[str]:
    return {key for key, _ in rows.nearest(vector.reshape(1, -1), k=ASKED)[:TOLD]}


def _timed(rows: UnitRows, asked: Matrix) -> str:
    taken = []
    for vector in asked:
        start, work = time.perf_counter(), time.process_time()
        rows.nearest(vector.reshape(1, -1), k=ASKED)
        taken.append((time.perf_counter() - start, time.process_time() - work))
    clock, cpu = np.median(np.array(taken), axis=0) * 1000
    return f"p50 {clock:.0f} ms, cpu {cpu:.0f} ms"


def _lasts(step: Callable[[], None]) -> str:
    start = time.perf_counter()
    step()
    return f"{1000 * (time.perf_counter() - start):.0f} ms"


def _own_mb() -> float:
    memory = psutil.Process().memory_info()
    return float(memory.rss - memory.shared) / 1e6


if __name__ == "__main__":
    main()
