"""What the services work on: the engine, the index, and what reads files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from rag.datamodel import Attachment, QueryImage
from rag.pipeline.engine.engine import Engine
from rag.storage.workspace.seen import SeenIndex
from rag.storage.workspace.store import WorkspaceIndex

if TYPE_CHECKING:
    from pagelight.services.answering.attachments import UserLibrary
    from pagelight.services.answering.question_queue import QueuedEngine

Library: TypeAlias = "WorkspaceIndex | SeenIndex | UserLibrary"
"""The index: all of it, or what a user sees of it."""

AnyEngine: TypeAlias = "Engine | QueuedEngine"
"""The engine, or the one user's turns at it."""

ReadImage = Callable[[Path], QueryImage]
"""Reads a picture that came with a question; raises SourceError where it can't."""

ReadBy = Literal["local", "ray"]
"""Who opens the files of an ingest: child processes here, or a Ray cluster."""


class Dictation(Protocol):
    """Hears what is spoken to it."""

    @property
    def hears(self) -> bool:
        """Whether somebody hears."""
        ...

    def dictated(self, path: Path, /) -> str:
        """Return what is said in a file, of which nothing is kept. Raises PagelightError."""
        ...


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
