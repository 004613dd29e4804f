"""A document with its language and its chunks: what is stored of it but for the vectors.

Knows no file and no format; tokens are counted by the caller's means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from ingest.chunking.language import with_language
from rag.datamodel import Chunk, Document

NOTHING_FOUND: Final = "No text was found in this file."


class ChunkDocument(Protocol):
    """`ingest.chunking.chunker.chunk_document`."""

    def __call__(
        self, document: Document, /, *, count_tokens: Callable[[str], int], max_tokens: int
    ) -> list[Chunk]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CutDocument:
    """A document with its language and its chunks."""

    document: Document
    chunks: list[Chunk]


def cut_document(
    document: Document,
    chunker: ChunkDocument,
    *,
    count_tokens: Callable[[str], int],
    max_tokens: int,
) -> CutDocument:
    """Divide a document by `chunker`; one that holds no text and waits for none is told so."""
    document = with_language(document)
    chunks = chunker(document, count_tokens=count_tokens, max_tokens=max_tokens)
    return CutDocument(document=_with_warning(document, chunks), chunks=chunks)


def _with_warning(document: Document, chunks: list[Chunk]) -> Document:
    if chunks or document.pending or NOTHING_FOUND in document.warnings:
        return document
    return replace(document, warnings=(*document.warnings, NOTHING_FOUND))
