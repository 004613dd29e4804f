"""What one person attached to questions: theirs to see, beside what they see of the folder.

An attachment is in no list of documents; its id finds it, for those who brought it, under the name
that they gave it. Knows the seams; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from pagelight.services.answering.protocols import Incoming, Library
from rag.datamodel import Attachment, Document, ImageAsset, QueryImage
from rag.pipeline.engine.attached import AttachedFiles
from rag.protocols import Pixels
from rag.storage.conversations.conversations import Conversations


class UserAttachments:
    """The files that a person attached, by id: with kept questions, or since the page was made."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}

    def add(self, attachment: Attachment) -> Attachment:
        with self._lock:
            self._names[attachment.doc_id] = attachment.name
        return attachment

    def name(self, doc_id: str) -> str | None:
        """Return what the person called a file; None for one that they did not bring."""
        with self._lock:
            known = self._names.get(doc_id)
        return known or self._conversations.attached().get(doc_id)

    def ids(self) -> Collection[str]:
        with self._lock:
            return {*self._names, *self._conversations.attached()}


class UserIncoming:
    """Reads what comes with one user's questions: what they attach becomes theirs."""

    def __init__(self, incoming: Incoming, brought: UserAttachments) -> None:
        self._incoming = incoming
        self._brought = brought

    def read_image(self, path: Path, /) -> QueryImage:
        return self._incoming.read_image(path)

    def attach(self, path: Path, /, *, name: str = "", whole: bool = True) -> Attachment:
        return self._brought.add(self._incoming.attach(path, name=name, whole=whole))

    def attached_before(self, doc_id: str, name: str, /) -> Attachment:
        return self._brought.add(self._incoming.attached_before(doc_id, name))

    def begin(self, path: Path, /) -> None:
        self._incoming.begin(path)


class UserLibrary:
    """A library as one user sees it, and by its id what they brought."""

    def __init__(self, seen: Library, attached: AttachedFiles, brought: UserAttachments) -> None:
        self._seen = seen
        self._attached = attached
        self._brought = brought
        self.assets = UserImages(seen, attached, brought.ids)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the library has
        """Return what is the same for who brought nothing."""
        return getattr(self._seen, name)

    def document(self, doc_id: str) -> Document | None:
        return self._seen.document(doc_id) or self.brought(doc_id)

    def brought(self, doc_id: str) -> Document | None:
        """Return a document that this person attached, under their name for it; else None."""
        name = self._brought.name(doc_id)
        doc = self._attached.document(doc_id) if name else None
        return replace(doc, sources=(name,)) if doc and name else None

    def is_new(self, doc_id: str) -> bool:
        """Tell whether this is an attachment that does not stand in the folder, as far as seen."""
        return self._seen.document(doc_id) is None and self._brought.name(doc_id) is not None

    def bytes_of(self, doc_id: str) -> Path | None:
        """Return where the bytes of what this person attached are kept; None for anything else."""
        path = self._attached.bytes_of(doc_id)
        return path if self._brought.name(doc_id) and path.is_file() else None


class UserImages:
    """The stored pictures that are seen, and those of the files `ids`."""

    def __init__(
        self, seen: Library, attached: AttachedFiles, ids: Callable[[], Collection[str]]
    ) -> None:
        self._seen = seen
        self._attached = attached
        self._ids = ids

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type; None for an id that is unknown."""
        found = self._seen.assets.find(image_id)
        return found or self._attached.picture(image_id, among=self._ids())

    def put(self, pixels: Pixels) -> ImageAsset:
        return self._seen.assets.put(pixels)
