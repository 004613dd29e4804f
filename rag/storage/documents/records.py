"""What the index tells about files and documents: plain values, apart from what is searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Chunk, Document, FileVersion, ImageAsset, images_of

FileState = Literal["ready", "failed"]
FindingKind = Literal["damaged", "missing", "stray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord(FileVersion):
    """One path of the folder as the database knows it.

    `doc_id` is None where reading failed. `tried_with` names the limits and the version under
    which a failed file was read: with others it is worth another try. `seconds` is the time that
    reading, cutting, embedding and storing it took.
    """

    source: str
    doc_id: str | None
    sha256: str
    state: FileState
    reason: str = ""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    tried_with: str = ""
    page_count: int = 0
    chunk_count: int = 0

    def ready(self, doc_id: str | None) -> FileRecord:
        """Return the record of the same file, standing for a document that was read."""
        return replace(self, doc_id=doc_id, state="ready", reason="")

    def failed(self) -> FileRecord:
        """Return the record of the same file, standing for nothing."""
        return replace(self, doc_id=None, state="failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One document for a list of them; a file that failed is one with an empty `id`.

    `day` is the document's own date where it has one, else that of its file (ISO). `language` is
    an ISO 639-1 code; "" where none is told.
    """

    id: str
    sources: tuple[str, ...]
    title: str = ""
    media_type: str = ""
    page_count: int = 0
    chunk_count: int = 0
    state: FileState = "ready"
    reason: str = ""
    warnings: tuple[str, ...] = ()
    pending: bool = False
    day: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentToStore:
    """A document to be stored, and the `files` that stand for it.

    `vectors` holds at least a row, shape (dim,), for each chunk that has none stored. `files`
    tell size and time of the sources, so that they are known as unchanged next time; they may be
    left out for a document whose files are stored already.
    """

    document: Document
    chunks: Sequence[Chunk]
    vectors: Mapping[str, NDArray[np.float32]]
    files: Sequence[FileRecord] = ()

    @property
    def images(self) -> set[ImageAsset]:
        """The pictures that it shows."""
        return images_of(self.document, self.chunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many documents there are and files failed, and the first of these, by source."""

    ready: int
    failed: int
    first_failed: Sequence[DocumentRecord] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found: `problem` for a person, `count` of what it concerns.

    `kind` is `damaged` (the database itself), `missing` (chunks without a vector) or `stray`
    (vectors without a chunk). `repairable` tells whether `repair` mends it.
    """

    kind: FindingKind
    problem: str
    count: int
    repairable: bool = True


def findings(kind: FindingKind, count: int, problem: str) -> list[Finding]:
    """Return the finding of so many of a kind, whose number stands for `{}`; [] of none."""
    return [Finding(kind=kind, problem=problem.format(count), count=count)] if count else []
