"""How an ingest gains by more workers: parsers and readers that sleep stand for real ones.

python -m benchmarks.ingest.side_by_side [FILES] [MILLISECONDS]

Each file is parsed, and then read for lettering, by sleeping so long; vectors are made up. What is
told is how many times as long it took as the sleeping alone, spread over the workers.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from ingest.chunking.chunker import CHUNKER_VERSION, chunk_document
from ingest.run.lettering_pass import CheckedCache
from ingest.run.pipeline import Ingest
from rag.datamodel import Document, Element, SourceFile
from rag.index.workspace.store import WorkspaceIndex
from rag.protocols import Matrix
from rag.settings import Settings

DIM: Final = 16
WORKERS: Final = (1, 2, 4, 8)


class _Embedder:
    """Unit rows by the text's hash."""

    model_id = "made up"
    dim = DIM
    max_tokens = 256

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        drawn = [hashlib.sha256(text.encode()).digest()[:DIM] for text in texts]
        rows = np.array([list(bytes_) for bytes_ in drawn], dtype=np.float32).reshape(-1, DIM)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    embed_documents = embed_queries


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=int, nargs="?", default=64)
    parser.add_argument("milliseconds", type=int, nargs="?", default=200)
    options = parser.parse_args()
    sleep_s = options.milliseconds / 1000
    for workers in WORKERS:
        with tempfile.TemporaryDirectory() as made:
            taken_s = _ingested(Path(made), options.files, sleep_s, workers)
        ideal_s = 2 * options.files * sleep_s / workers
        told = f"{taken_s:.1f} s, {taken_s / ideal_s:.2f} of the sleeping alone"
        print(f"{workers} workers: {told}", flush=True)


def _ingested(root: Path, files: int, sleep_s: float, workers: int) -> float:
    folder = root / "folder"
    folder.mkdir()
    for n in range(files):
        (folder / f"{n}.txt").write_text(f"note {n}", encoding="utf-8")
    with WorkspaceIndex.open(
        root / "w", model_id="made up", dim=DIM, chunker_version=CHUNKER_VERSION
    ) as index:
        ingest = Ingest(
            index,
            _Embedder(),
            chunk_document,
            partial(_parse, sleep_s),
            partial(_letter, sleep_s),
            Settings(),
            parsers=workers,
            workers=workers,
        )
        start = time.perf_counter()
        ingest.run(folder, on_progress=lambda _: None)
        return time.perf_counter() - start


def _parse(sleep_s: float, file: SourceFile) -> Document:
    time.sleep(sleep_s)
    elements = (
        Element(role="paragraph", text=file.source),
        Element(role="figure", pending=True),
    )
    return Document(
        id=file.sha256,
        sources=(file.source,),
        media_type=file.media_type,
        page_count=1,
        elements=elements,
    )


def _letter(
    sleep_s: float,
    document: Document,
    file: SourceFile,
    *,
    on_page: Callable[[int], None],
    cache: CheckedCache,
    unreadable: dict[str, str],
) -> Document:
    del file, cache, unreadable
    time.sleep(sleep_s)
    on_page(1)
    return replace(document, elements=document.elements[:1])


if __name__ == "__main__":
    main()
