"""Pagelight for programs: open a workspace, read a folder into it, search, ask, read pages.

What `pagelight` offers to programs; everything else may change without notice.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.pipeline.progress import FileReport, IngestProgress, Report
from ingest.pipeline.progress import IngestProgress as Progress
from ingest.remote.address import folder_at
from pagelight.process import keep_offline
from pagelight.services.answering.asking import (
    PageText,
    Request,
    Scope,
    query_of,
    read_page,
    ready_documents,
)
from pagelight.services.session.assemble import Assembly, assemble
from rag.closing import Closing
from rag.datamodel import (
    Answer,
    BBox,
    Chunk,
    Citation,
    Element,
    Figure,
    Hit,
    Provenance,
    Turn,
)
from rag.errors import (
    EmptiedError,
    IndexMismatchError,
    ModelError,
    PagelightError,
    SettingsError,
    SourceError,
    WorkspaceBusyError,
    WorkspaceError,
)
from rag.settings import Settings, load_settings
from rag.storage.documents.records import DocumentRecord

__all__ = [
    "Answer",
    "BBox",
    "Chunk",
    "Citation",
    "DocumentRecord",
    "Element",
    "EmptiedError",
    "Figure",
    "FileReport",
    "Hit",
    "IndexMismatchError",
    "ModelError",
    "PageText",
    "PagelightError",
    "Progress",
    "Provenance",
    "Report",
    "Settings",
    "SettingsError",
    "SourceError",
    "Turn",
    "Workspace",
    "WorkspaceBusyError",
    "WorkspaceError",
    "open_workspace",
]


def open_workspace(folder: str | Path, *, settings: Settings | None = None) -> Workspace:
    """Open the workspace in `folder`, or make it; close it after use, best by `with`.

    Without `settings` the `RAG_*` variables count, as on the command line; `folder` wins over
    both. No model is loaded before the first question. Keeps libraries offline by setting their
    variables (`HF_HUB_OFFLINE` and its like) where they are unset.

    Raises WorkspaceBusyError while another process, such as a running chat, has it open;
    IndexMismatchError where it was made with other models; SettingsError, ModelError and
    WorkspaceError for what can't be used.
    """
    keep_offline(os.environ)
    given = settings or load_settings(os.environ)
    return Workspace(assemble(replace(given, workspace=Path(folder))))


class Workspace(Closing):
    """Made by `open_workspace`, ended by `close` or a `with` block. Any thread may call.

    Options that several methods take: `image` is the path of a picture that goes with the words
    (either may be left out); `attachments` are files that the question is about; `within` is a
    glob, only documents whose path fits it are searched; `since` and `until` are the days of those
    documents (ISO, inclusive): a SettingsError if not.
    """

    def __init__(self, parts: Assembly) -> None:
        self._parts = parts

    def ingest(
        self,
        folder: str | Path,
        *,
        on_progress: Callable[[IngestProgress], None] | None = None,
        stop: threading.Event | None = None,
        remove_all: bool = False,
    ) -> Report:
        """Read what is new or changed in `folder`, or at an address (s3://…).

        What is gone from it is forgotten. A file that can't be read is in the report with its
        reason and stops no other. The first
        folder is the workspace's own: another one raises a WorkspaceError. Where every document
        would leave the index, because the folder is empty (its drive may be away), it raises an
        EmptiedError; with `remove_all` they leave. `on_progress` is called from several threads.
        Once `stop` is set, it ends after the file or page at hand; the next call goes on.
        """
        ingest = self._parts.make_ingest()
        tell = on_progress or (lambda _: None)
        root = folder_at(folder, self._parts.settings.workspace)
        return ingest.run(root, on_progress=tell, stop=stop, remove_all=remove_all)

    def documents(self) -> Sequence[DocumentRecord]:
        """Return the documents that can be searched and read."""
        return ready_documents(self._parts.engine.index)

    def search(
        self,
        words: str = "",
        *,
        image: str | Path | None = None,
        k: int = 10,
        within: str = "",
        since: str = "",
        until: str = "",
    ) -> list[Hit]:
        """Return the `k` places that fit best, best first."""
        picture = Path(image) if image else None
        scope: Scope = {"within": within, "since": since, "until": until}
        query = query_of(Request(text=words, image=picture, **scope), self._parts)
        self._parts.engine.warm()
        return self._parts.engine.search(query, k)

    def ask(
        self,
        question: str = "",
        *,
        attachments: Sequence[str | Path] = (),
        image: str | Path | None = None,
        history: Sequence[Turn] = (),
        within: str = "",
        since: str = "",
        until: str = "",
    ) -> Answer:
        """Return the whole answer; `history` is what was said before, oldest first."""
        scope: Scope = {"within": within, "since": since, "until": until}
        (*_, answer) = self.stream(
            question, attachments=attachments, image=image, history=history, **scope
        )
        return answer

    def stream(
        self,
        question: str = "",
        *,
        attachments: Sequence[str | Path] = (),
        image: str | Path | None = None,
        history: Sequence[Turn] = (),
        within: str = "",
        since: str = "",
        until: str = "",
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one has `complete` set."""
        files = tuple(map(Path, (*attachments, *([image] if image else ()))))
        scope: Scope = {"within": within, "since": since, "until": until}
        request = Request(text=question, attachments=files, **scope)
        query = query_of(request, self._parts)
        self._parts.engine.warm()
        yield from self._parts.engine.ask(query, history)

    def page(self, source: str, page: int | None = None, *, quote: str = "") -> PageText:
        """Return a page of the document at `source`, by its number from 1 or by words on it.

        Documents without pages are read in stretches. Raises SourceError where there is none.
        """
        return read_page(self._parts.engine.index, source, page, quote)

    def close(self) -> None:
        self._parts.close()
