"""What the chat needs of the program behind it: small contracts, met by real objects and fakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from rag.answer.library.collection import TableAsker
from rag.datamodel import (
    Answer,
    Attachment,
    Chunk,
    Document,
    Hit,
    ImageAsset,
    Query,
    QueryImage,
    Turn,
)
from rag.engine.profile import Profile
from rag.protocols import Pixels
from rag.storage.accounts.audit import Audit
from rag.storage.accounts.sessions import Sessions
from rag.storage.accounts.usage import Usage
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.pins import Pins
from rag.storage.conversations.preferences import Preferences
from rag.storage.conversations.reports import Reports
from rag.storage.conversations.shares import Shares
from rag.storage.database.growing import GrowingAnswers
from rag.storage.database.left_out import LeftOut
from rag.storage.database.source_folders import Roots, SourceFolders
from rag.storage.documents.records import DocumentRecord, FileRecord, Tally

ReadImage = Callable[[Path], QueryImage]
"""Reads a picture that came with a question; raises SourceError where it can't."""


class Incoming(Protocol):
    """Reads what comes with a question. Raises SourceError for what can't be read."""

    def read_image(self, path: Path, /) -> QueryImage:
        """Read a picture that the documents are searched by."""
        ...

    def attach(self, path: Path, /, *, name: str = "", whole: bool = True) -> Attachment:
        """Read a file that a question is about; with `whole` unset, its first pages at least.

        `name` is what it is called, else that of the path.
        """
        ...

    def attached_before(self, doc_id: str, name: str, /) -> Attachment:
        """Return a file that was attached to an earlier question; read anew if need be."""
        ...

    def begin(self, path: Path, /) -> None:
        """Begin to read a file that is to come with a question. Raises nothing."""
        ...


class AttachedFilesSeam(Protocol):
    """What was attached to questions, by everybody."""

    def document(self, doc_id: str, /) -> Document | None: ...
    def picture(self, image_id: str, /, *, among: Collection[str]) -> tuple[Path, str] | None:
        """Return path and media type of a picture of the files `among` (ids); None elsewhere."""
        ...

    def bytes_of(self, doc_id: str, /) -> Path:
        """Return where the bytes of a file are kept, or would be."""
        ...

    def sweep(self) -> None:
        """Forget what no question refers to any more."""
        ...


ReadBy = Literal["local", "ray"]
"""Who opens the files of an ingest: child processes here, or a Ray cluster."""


class StoredPictures(Protocol):
    """Stored pictures."""

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type; None for an id that is unknown."""
        ...

    def put(self, pixels: Pixels) -> ImageAsset:
        """Store pixels; the same pixels twice are stored once."""
        ...


class Library(Protocol):
    """The index, as the chat sees it."""

    @property
    def assets(self) -> StoredPictures: ...
    @property
    def roots(self) -> Roots:
        """The folders that the documents were read from."""
        ...

    @property
    def conversations(self) -> Conversations:
        """Those of the person who looks."""
        ...

    @property
    def left_out(self) -> LeftOut: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def growing(self) -> GrowingAnswers:
        """Answers to the person who looks, told to other servers."""
        ...

    def remove_sources(self, sources: Sequence[str]) -> None:
        """Forget files, and documents that no other file stands for."""
        ...

    def documents(self) -> list[DocumentRecord]: ...
    def tally(self, *, most: int) -> Tally:
        """Return how long `documents` is, with at most `most` of the files that failed."""
        ...

    def version(self) -> str:
        """Return a text that is another one whenever the list of documents is."""
        ...

    def document(self, doc_id: str) -> Document | None: ...
    def chunks(self, ids: Sequence[str]) -> list[Chunk]: ...
    def alike(self, text: str, phash: str, *, media_types: Collection[str], k: int) -> list[Chunk]:
        """Return the passages of such documents that share words, then those that look alike."""
        ...


class WholeLibrary(Library, Protocol):
    """The index itself."""

    @property
    def is_owned(self) -> bool:
        """Whether this process alone reads documents in."""
        ...

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int, /
    ) -> tuple[int, Sequence[Sequence[str]]]: ...
    def row_of(self, doc_id: str, text: str, cells: Sequence[str], /) -> int | None: ...

    @property
    def workspace(self) -> Path:
        """The folder that the index lies in."""
        ...

    @property
    def source_folders(self) -> SourceFolders: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def usage(self) -> Usage: ...
    def files(self) -> dict[str, FileRecord]: ...
    def move_files(
        self, moved: Mapping[str, str], *, folder: tuple[str, str] | None = None
    ) -> None:
        """Note that files lie elsewhere now; `folder` is one that has another name as a whole."""
        ...

    def seen_by(self, *, owner: str, collections: tuple[str, ...] | None) -> Library:
        """Return the index as a person sees it; `collections` None: everything."""
        ...


class EngineSeam(Protocol):
    """Answers questions. Models load in the background; until then it does what it can."""

    @property
    def index(self) -> Library: ...
    @property
    def profile(self) -> Profile: ...
    def warm(self) -> None:
        """Load what is not loaded yet; returns when all is ready."""
        ...

    def ready(self) -> bool: ...
    def status(self) -> str:
        """What it is doing while it is not ready, as a sentence."""
        ...

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        """Yield a growing answer; the last one is complete."""
        ...

    def search(self, query: Query, k: int) -> list[Hit]: ...
    def table(self) -> TableAsker:
        """Return what asks every document."""
        ...

    def writers(self) -> Mapping[str, str]:
        """Return the models that a conversation may choose beside the usual one, told by name."""
        ...


class WholeEngine(EngineSeam, Protocol):
    """The engine over the index itself."""

    @property
    def index(self) -> WholeLibrary: ...
    @property
    def attached(self) -> AttachedFilesSeam: ...
    @property
    def one_at_a_time(self) -> bool:
        """Whether what writes answers writes one after the other: then questions wait in line."""
        ...


class ProgressSeam(Protocol):
    """How far an ingest has come."""

    @property
    def stage(self) -> str: ...
    @property
    def files_total(self) -> int: ...
    @property
    def files_done(self) -> int: ...
    @property
    def pages_done(self) -> int: ...
    @property
    def pages_total(self) -> int | None: ...
    @property
    def pages_per_s(self) -> float: ...
    @property
    def seconds_left(self) -> float | None: ...
    @property
    def source(self) -> str: ...
    @property
    def share(self) -> float | None:
        """How much of `source` is looked through (0 to 1), where that takes long."""
        ...


class ReportSeam(Protocol):
    """What an ingest did."""

    @property
    def asks(self) -> str:
        """The question whether what is gone may leave the index; "" if there is none."""
        ...

    def as_json(self) -> dict[str, Any]: ...
