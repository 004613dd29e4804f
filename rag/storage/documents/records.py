"""What the index tells about files and documents: plain values, and what kinds there are."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Chunk, Document, FileVersion, ImageAsset, images_of
from rag.text import stem, words

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


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of documents in a person's words, and its media types (glob); `called`: by stems."""

    one: str
    called: frozenset[str]
    types: tuple[str, ...]

    def count(self, number: int) -> str:
        return f"{number:,} {self.one}{'' if number == 1 else 's'}"


def _kind(one: str, called: str, *types: str) -> Kind:
    return Kind(one, frozenset(stem(word).removesuffix("s") for word in called.split()), types)


KINDS: Final = (
    _kind("PDF", "pdf", "application/pdf"),
    _kind("picture", "picture image photo photograph", "image/*"),
    _kind("Word document", "word", "*wordprocessingml*", "*msword", "*.text"),
    _kind(
        "presentation", "presentation deck slidedeck powerpoint", "*presentation*", "*ms-powerpoint"
    ),
    _kind("spreadsheet", "spreadsheet excel", "*sheet", "*ms-excel*", "text/csv", "*tab-*"),
    _kind("recording", "recording video film movie audio podcast", "video/*", "audio/*"),
    _kind("mail", "mail email", "message/*", "*ms-outlook", "*mbox"),
    _kind("web page", "webpage website web html", "text/html", "*xhtml*"),
    _kind("e-book", "book ebook epub", "*epub*"),
    _kind("text", "text markdown note", "text/*", "application/*"),
)
"""Each media type is of the first kind that has it."""


def kind_of(media_type: str) -> Kind:
    found = (k for k in KINDS if any(fnmatch.fnmatchcase(media_type, t) for t in k.types))
    return next(found, KINDS[-1])


def of_kind(
    called: str, records: Iterable[DocumentRecord]
) -> tuple[Kind | None, list[DocumentRecord]]:
    """Return the kind that it is called, None for "documents", and the records of that kind."""
    stems = {stem(word).removesuffix("s") for word in words(called.replace("-", ""))}
    wanted = next((kind for kind in KINDS if stems & kind.called), None)
    return wanted, [r for r in records if wanted is None or kind_of(r.media_type) is wanted]


def counted(records: Sequence[DocumentRecord]) -> str:
    """Return how many there are of each kind: "3 PDFs, 1 picture"."""
    kinds = [kind_of(record.media_type) for record in records]
    return ", ".join(kind.count(kinds.count(kind)) for kind in KINDS if kind in kinds)
