"""How an ingest gains by more workers: parsers and readers that sleep stand for real ones.

python -m benchmarks.ingest.side_by_side [FILES] [MILLISECONDS] [--pages N] [--workers N ...]

Each file is parsed, and then each of its pages read for lettering, by sleeping so long; vectors are
made up. What is told is how many times as long it took as the sleeping alone, spread over the
workers (one file's parsing is one worker's). Each number of workers has a fresh process, which
loads the store as a program does.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from ingest.archives.containers import UnpackingBudget
from ingest.chunking.chunker import CHUNKER_VERSION, chunk_document
from ingest.discovery.media_type import media_type_of
from ingest.ocr.cache import OcrCache
from ingest.pipeline.pipeline import Ingest
from ingest.pipeline.reader import OnPage
from rag.datamodel import Document, Element, Provenance, SourceFile
from rag.protocols import Matrix
from rag.settings import Settings
from rag.storage.database.members import Member
from rag.storage.workspace.store import WorkspaceIndex

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


class _SleepingReader:
    """Reads each file, and each of its pages, by sleeping; archives hold nothing."""

    def __init__(self, sleep_s: float, pages: int, workers: int) -> None:
        self.parsers = self.readers = workers
        self._sleep_s = sleep_s
        self._pages = pages

    def tell(self, path: Path, *, name: str) -> str:
        return media_type_of(path, name=name)

    def tell_many(self, files: Sequence[tuple[Path, str]]) -> dict[Path, str]:
        del files
        return {}

    def unpack(self, file: SourceFile, budget: UnpackingBudget, /) -> tuple[Member, ...]:
        del file, budget
        return ()

    def read(self, file: SourceFile, /) -> Document:
        time.sleep(self._sleep_s)
        scanned = [
            Element(role="figure", pending=True, provenances=(Provenance(page=page),))
            for page in range(1, self._pages + 1)
        ]
        return Document(
            id=file.sha256,
            sources=(file.source,),
            media_type=file.media_type,
            page_count=self._pages,
            elements=(Element(role="paragraph", text=file.source), *scanned),
        )

    def letter(
        self,
        document: Document,
        file: SourceFile,
        /,
        *,
        on_page: OnPage,
        cache: OcrCache,
        unreadable: dict[str, str],
    ) -> Document:
        del file, cache, unreadable
        for element in document.elements:
            if element.pending:
                time.sleep(self._sleep_s)
                on_page(element.page)
        return replace(document, elements=tuple(e for e in document.elements if not e.pending))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=int, nargs="?", default=64)
    parser.add_argument("milliseconds", type=int, nargs="?", default=200)
    parser.add_argument("--pages", type=int, default=1)
    parser.add_argument("--workers", type=int, nargs="*", default=WORKERS)
    options = parser.parse_args()
    sleep_s = options.milliseconds / 1000
    for workers in options.workers:
        with (
            tempfile.TemporaryDirectory() as made,
            ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh,
        ):
            work = (Path(made), options.files, options.pages, sleep_s, workers)
            taken_s = fresh.submit(_ingested, *work).result()
        parsed = options.files / min(workers, options.files)
        ideal_s = sleep_s * (parsed + options.files * options.pages / workers)
        told = f"{taken_s:.1f} s, {taken_s / ideal_s:.2f} of the sleeping alone"
        print(f"{workers} workers: {told}", flush=True)


def _ingested(root: Path, files: int, pages: int, sleep_s: float, workers: int) -> float:
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
            _SleepingReader(sleep_s, pages, workers),
            Settings(),
        )
        start = time.perf_counter()
        ingest.run(folder, on_progress=lambda _: None)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
