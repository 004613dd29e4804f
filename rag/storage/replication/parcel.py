"""A document as it goes from one machine to another: all of it that is stored, as bytes.

Knows values and how they are written; knows no database.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from rag.datamodel import Chunk, Document
from rag.storage.documents import codec
from rag.storage.documents.records import FileRecord

Packed = TypeVar("Packed")

LEVEL: Final = 1
"""Of zlib: most of its gain for a tenth of the time."""


class Parcel(Struct, kw_only=True):
    """A document, its chunks in reading order, its files, and the chunker's version."""

    document: Document
    chunks: tuple[Chunk, ...]
    files: tuple[FileRecord, ...]
    chunker: str


def packed(value: object) -> bytes:
    return zlib.compress(codec.dump(value), LEVEL)


def unpacked(data: bytes, kind: type[Packed]) -> Packed:
    """Raise ValueError or zlib.error for what is none of that type."""
    return codec.load(zlib.decompress(data), kind)


def packed_vectors(chunks: Sequence[Chunk], rows: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Return the rows, each of shape (dim,), in the order of the chunks, as little-endian float32.

    Raises KeyError where one lacks.
    """
    return b"".join(rows[chunk.id].astype("<f4").tobytes() for chunk in chunks)


def vectors_of(data: bytes, chunks: Sequence[Chunk]) -> dict[str, NDArray[np.float32]]:
    """Return the row of each chunk. Raises ValueError where they are not as many."""
    if not chunks:
        return {}
    rows = np.frombuffer(data, dtype="<f4").reshape(len(chunks), -1).astype(np.float32)
    return {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
