"""Parsing, lettering and embedding of a folder by plain calls, one after the other, each timed.

    python -m benchmarks.ingest.bare FOLDER

The same parsers, pictures and passages as in an ingest, in one process: no children, no limits, no
ledger, no vector store, nothing at the same time. Loading models is not counted.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from ingest.chunking.chunker import chunk_document
from ingest.files.discover import identify, scan
from ingest.lettering.lettering import letter
from ingest.lettering.ocr import RapidOcr
from ingest.parsers.pdf.pdf import PdfRenderer
from ingest.parsers.registry import parser_for
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError
from rag.index.assets import AssetStore
from rag.index.vectors.chunk_vectors import ChunkEmbedder
from rag.neural.embed.embedders import minilm
from rag.protocols import OcrLine
from rag.settings import Settings

THREADS: Final = 2
SETTINGS: Final = Settings()


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        assets = AssetStore(Path(scratch), megapixels=SETTINGS.image_megapixels)
        start = time.perf_counter()
        read = _parse(Path(sys.argv[1]), assets)
        parse_s = time.perf_counter() - start
        cache = _Memory()
        documents, letter_s = _letter(read, assets, cache)
    pieces, embed_s = _embed(documents)
    figures = {
        "documents": len(documents),
        "pictures": len(cache.lines),
        "pieces": pieces,
        "parse_s": round(parse_s, 1),
        "letter_s": round(letter_s, 1),
        "embed_s": round(embed_s, 1),
        "sum_s": round(parse_s + letter_s + embed_s, 1),
    }
    print(json.dumps(figures))


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


def _letter(
    read: list[tuple[SourceFile, Document]], assets: AssetStore, cache: _Memory
) -> tuple[list[Document], float]:
    ocr = RapidOcr(threads=THREADS)
    ocr.read(np.full((64, 64, 3), 255, np.uint8))
    start = time.perf_counter()
    documents = []
    for file, document in read:
        lettered = document
        if document.pending:
            lettered = letter(
                document,
                file,
                ocr=ocr,
                renderer=PdfRenderer(),
                assets=assets,
                cache=cache,
                settings=SETTINGS,
                on_page=lambda _: None,
                unreadable={},
            )
        documents.append(lettered)
    return documents, time.perf_counter() - start


def _embed(documents: list[Document]) -> tuple[int, float]:
    embedder = minilm()
    embedder.warm()
    chunks = [
        chunk
        for document in documents
        for chunk in chunk_document(
            document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )
    ]
    start = time.perf_counter()
    ChunkEmbedder(embedder.embed_documents).embed(chunks)
    return len(chunks), time.perf_counter() - start


if __name__ == "__main__":
    main()
