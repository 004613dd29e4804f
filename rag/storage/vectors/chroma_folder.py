"""Chroma in this process, its files in a folder of the workspace.

Knows Chroma's files and the errors that they cause; knows nothing of vectors.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from rag.errors import WorkspaceError
from rag.storage.files.folder import FREE_SPACE

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

ROWS_FILE: Final = "data_level0.bin"
"""Of hnswlib, which Chroma keeps in a folder of its own: the rows, also those deleted."""

NOTE_NAME: Final = "server.json"
"""Says that the vectors are on a server (`vectors.chroma_server`), not in this folder."""

_MAIN_FILE: Final = "chroma.sqlite3"

_FULL: Final = re.compile(
    r"disk is full|no space left|file too large|disk I/O error", re.IGNORECASE
)
"""What Chroma's errors say then: SQLite's words and the system's."""


class FolderPlace:
    """Where Chroma keeps a collection. Called by one thread at a time."""

    def __init__(self, folder: Path, *, name: str) -> None:
        self._folder = folder
        self._name = name
        self._client: Client | None = None
        self._opened: Collection | None = None

    def begin(self) -> None:
        """End what a crash left, before anything else: by the process that writes alone."""
        end_exchange(self._folder)

    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return (self._folder / _MAIN_FILE).is_file() and not self._is_elsewhere()

    def collection(self) -> Collection:
        """Return it, opened once, made where it does not exist."""
        if self._opened is None:
            if self._is_elsewhere():  # what lies here is of before: it lacks and has too much
                forget_files(self._folder)
            self._client, self._opened = _open(self._folder, self._name)
        return self._opened

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._opened = None

    def forget(self) -> None:
        """Delete what is not in the folder, and close."""
        self.close()

    def message_of(self, error: Exception) -> WorkspaceError | None:
        """Return an error of Chroma for a person; None for any other: it is a bug."""
        from chromadb.errors import ChromaError

        return (
            _unreadable(self._folder, error) if isinstance(error, ChromaError | OSError) else None
        )

    def _is_elsewhere(self) -> bool:
        return (self._folder / NOTE_NAME).exists()


def forget_files(folder: Path) -> None:
    """Delete Chroma's own files and the note of a server; what else lies there stays."""
    (folder / NOTE_NAME).unlink(missing_ok=True)
    for file in folder.glob(f"{_MAIN_FILE}*"):
        file.unlink()
    for rows in folder.glob(f"*/{ROWS_FILE}"):
        shutil.rmtree(rows.parent)


def fresh(folder: Path) -> Path:
    """Return where the vectors of `folder` are written anew."""
    return folder.with_name(f"{folder.name}.new")


def keep_others(folder: Path, anew: Path) -> None:
    """Copy the files of `folder` that are not Chroma's, such as a stamp, into the fresh one."""
    for file in folder.iterdir():
        if file.is_file() and not file.name.startswith(_MAIN_FILE):
            shutil.copy2(file, anew)


def exchange(folder: Path) -> None:
    """Put what was written anew in the place of `folder`; cut anywhere, one of both is whole."""
    folder.replace(_former(folder))
    end_exchange(folder)


def end_exchange(folder: Path) -> None:
    """End what `exchange` began: the fresh folder is whole once the other is moved."""
    if not folder.exists() and _former(folder).exists() and fresh(folder).exists():
        fresh(folder).replace(folder)
    for left in (fresh(folder), _former(folder)):
        shutil.rmtree(left, ignore_errors=True)


def _former(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.old")


def _open(folder: Path, name: str) -> tuple[Client, Collection]:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    try:
        made = chromadb.PersistentClient(path=str(folder), settings=settings)
    except (ValueError, AttributeError, OSError) as error:
        # What Chroma 1.5.9 makes of files that it can't read; it would keep the broken client.
        SharedSystemClient.clear_system_cache()
        raise _unreadable(folder, error) from error
    client = cast("Client", made)  # its interface, `ClientAPI`, lacks `close`
    collection = client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    return client, collection


def _unreadable(folder: Path, error: Exception) -> WorkspaceError:
    if _FULL.search(str(error)):
        return WorkspaceError(
            f"The vectors in {folder} can't be written: the disk is full.", hint=FREE_SPACE
        )
    return WorkspaceError(
        f"The vectors in {folder} can't be read ({error}).", hint="Run: pagelight doctor --repair"
    )
