"""Parsing, lettering and embedding of a folder by plain calls, one after the other, each timed.

    python -m benchmarks.ingest.bare FOLDER

The same parsers, pictures and passages as in an ingest, in one process: no children, no limits, no
ledger, no vector store, nothing at the same time. Seconds are told of the clock and of the
processor; loading the models is a part of its own. `RAG_OCR=0` letters nothing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from ingest.chunking.chunker import chunk_document
from ingest.discovery.discover import identify, scan
from ingest.ocr.document_ocr import letter
from ingest.ocr.ocr import RapidOcr
from ingest.ocr.picture_sight import PictureSight
from ingest.parsers.pdf.opening import PdfRenderer
from ingest.parsers.registry import parser_for
from rag.datamodel import Chunk, Document, SourceFile
from rag.errors import PagelightError
from rag.models.embedders import SentenceEmbedder, minilm
from rag.protocols import OcrLine
from rag.settings import load_settings
from rag.storage.images.assets import AssetStore
from rag.storage.vectors.chunk_vectors import ChunkEmbedder

SETTINGS: Final = load_settings(os.environ)


def main() -> None:
    timed = _Timed()
    with tempfile.TemporaryDirectory() as scratch:
        assets = AssetStore(Path(scratch), megapixels=SETTINGS.image_megapixels)
        with timed("parse"):
            read = _parse(Path(sys.argv[1]), assets)
        with timed("load"):
            ocr, embedder = _loaded()
        cache = _Memory()
        with timed("letter"):
            documents = _letter(read, assets, cache, ocr)
    chunks = _chunks(documents, embedder)
    with timed("embed"):
        ChunkEmbedder(embedder.embed_documents).embed(chunks)
    figures = {"documents": len(documents), "pictures": len(cache.lines), "pieces": len(chunks)}
    print(json.dumps(figures | {"clock_s": timed.clock_s, "cpu_s": timed.cpu_s}))


class _Timed:
    """Seconds of the clock and of the processor of each part by its name."""

    def __init__(self) -> None:
        self.clock_s: dict[str, float] = {}
        self.cpu_s: dict[str, float] = {}

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.clock_s[part] = round(time.perf_counter() - clock, 2)
        self.cpu_s[part] = round(time.process_time() - cpu, 2)


class _Memory:
    """Keeps what was read: the same picture on every page is read once."""

    def __init__(self) -> None:
        self.lines: dict[str, list[OcrLine]] = {}

    def get(self, key: str) -> list[OcrLine] | None:
        return self.lines.get(key)

    def put(self, key: str, lines: list[OcrLine]) -> None:
        self.lines[key] = lines


def _parse(folder: Path, assets: AssetStore) -> list[tuple[SourceFile, Document]]:
    found, _ = scan(folder)
    by_content: dict[str, tuple[SourceFile, Document]] = {}
    for each in found:
        try:
            file = identify(each, settings=SETTINGS)
            parser = parser_for(file.media_type, settings=SETTINGS)
            if parser is not None and file.sha256 not in by_content:
                by_content[file.sha256] = (file, parser.parse(file, assets))
        except PagelightError as error:
            print(f"{each.source}: {error}", file=sys.stderr)
    return list(by_content.values())


def _loaded() -> tuple[RapidOcr, SentenceEmbedder]:
    ocr, embedder = RapidOcr(threads=1), minilm()
    ocr.read(np.full((64, 64, 3), 255, np.uint8))
    embedder.warm()
    return ocr, embedder


def _letter(
    read: list[tuple[SourceFile, Document]], assets: AssetStore, cache: _Memory, ocr: RapidOcr
) -> list[Document]:
    documents, sight = [], PictureSight()
    for file, document in read:
        lettered = document
        if document.pending and SETTINGS.ocr:
            lettered = letter(
                document,
                file,
                ocr=ocr,
                renderer=PdfRenderer(),
                assets=assets,
                cache=cache,
                settings=SETTINGS,
                sight=sight,
                on_page=lambda _: None,
                unreadable={},
            )
        documents.append(lettered)
    return documents


def _chunks(documents: list[Document], embedder: SentenceEmbedder) -> list[Chunk]:
    return [
        chunk
        for document in documents
        for chunk in chunk_document(
            document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )
    ]


if __name__ == "__main__":
    main()
