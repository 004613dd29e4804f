"""Chroma, where the vectors are kept: in this process, or a server of its own (`RAG_CHROMA_URL`).

To a server go ids and numbers, no words. A note in the folder where the vectors would lie says
under which name they are on which server, so that many workspaces can share one. A workspace that
was copied or moved does not take the collection over: it makes one of its own, and can't harm that
of the other. Knows Chroma's files and errors; knows nothing of vectors.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from rag.decoding import decoded
from rag.errors import SettingsError, VectorServerError, WorkspaceError
from rag.storage.files.folder import FREE_SPACE, write_whole

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

ROWS_FILE: Final = "data_level0.bin"
"""Of hnswlib, which Chroma keeps in a folder of its own: the rows, also those deleted."""

ANSWER_SECONDS: Final = 60.0
"""A server that is silent so long is taken for gone; Chroma's own client waits for ever."""

_NOTE: Final = "server.json"
_MAIN_FILE: Final = "chroma.sqlite3"
_FULL: Final = re.compile(
    r"disk is full|no space left|file too large|disk I/O error", re.IGNORECASE
)
"""What Chroma's errors say then: SQLite's words and the system's."""

_EXAMPLE: Final = "Say an address such as http://127.0.0.1:8000."
_START: Final = (
    "Start it (chroma run --path FOLDER) or correct RAG_CHROMA_URL; what is stored is not lost."
)


class FolderPlace:
    """Where Chroma keeps a collection: in a folder. Called by one thread at a time."""

    def __init__(self, folder: Path, *, name: str) -> None:
        self._folder = folder
        self._name = name
        self._client: Client | None = None
        self._opened: Collection | None = None

    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return (self._folder / _MAIN_FILE).is_file() and not (self._folder / _NOTE).exists()

    def collection(self) -> Collection:
        """Return it, opened once, made where it does not exist."""
        if self._opened is None:
            if (self._folder / _NOTE).exists():  # what lies here is of before a server
                self._forget_files()
            self._client = _opened(self._folder)
            self._opened = _made(self._client, self._name)
        return self._opened

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._opened = None

    def forget(self) -> None:
        """Delete the collection, damaged or not, and close."""
        self.close()
        self._forget_files()

    def _forget_files(self) -> None:
        """Delete Chroma's own files and the note of a server; what else lies there stays."""
        (self._folder / _NOTE).unlink(missing_ok=True)
        for file in self._folder.glob(f"{_MAIN_FILE}*"):
            file.unlink()
        for rows in self._folder.glob(f"*/{ROWS_FILE}"):
            shutil.rmtree(rows.parent)

    def message_of(self, error: Exception) -> WorkspaceError | None:
        """Return an error of Chroma for a person; None for any other: it is a bug."""
        from chromadb.errors import ChromaError

        is_known = isinstance(error, ChromaError | OSError)
        return _unreadable(self._folder, error) if is_known else None


class ServerPlace(FolderPlace):
    """As `FolderPlace`, on a server, where the collection's name begins with `name`."""

    def __init__(self, folder: Path, *, url: str, name: str) -> None:
        super().__init__(folder, name=name)
        self._url = checked_url(url)

    def exists(self) -> bool:
        return self._found() is not None

    def collection(self) -> Collection:
        return self._found() or self._begun()

    def close(self) -> None:
        if self._client is not None:
            disconnect(self._client)
        self._client = self._opened = None

    def forget(self) -> None:
        found = self._found()
        if found is not None:
            self._connected().delete_collection(found.name)
        self.close()

    def message_of(self, error: Exception) -> VectorServerError | None:
        from chromadb.errors import ChromaError, NotFoundError
        from httpx import HTTPError

        if isinstance(error, NotFoundError):
            self._opened = None
            return VectorServerError(
                f"The Chroma server at {self._url} does not hold these vectors any more.",
                hint="Run: pagelight doctor --repair",
            )
        if isinstance(error, HTTPError):
            return VectorServerError(
                f"The Chroma server at {self._url} does not answer ({_reason(error)}).", hint=_START
            )
        # What is no error of Chroma's own protocol, its client raises as a plain `Exception`.
        if isinstance(error, ChromaError) or type(error) is Exception:
            return VectorServerError(f"The Chroma server at {self._url} refused: {error}.")
        return None

    def _found(self) -> Collection | None:
        """Return our collection; None if the server has none. Asks the server once."""
        from chromadb.errors import NotFoundError

        name = self._noted()
        if self._opened is None and name is not None:
            try:
                self._opened = self._connected().get_collection(name, embedding_function=None)
            except NotFoundError:
                return None
            except Exception as error:
                raise self.message_of(error) or error from error
        return self._opened

    def _begun(self) -> Collection:
        """Make the collection. What lies in the folder is of a time before it: it goes."""
        client = self._connected()
        self._forget_files()
        name = f"pagelight-{self._name}-{uuid4().hex}"
        note = _Note(url=self._url, collection=name, folder=str(self._folder.resolve()))
        write_whole(self._folder / _NOTE, msgspec.json.encode(note))
        self._opened = _made(client, name)
        return self._opened

    def _connected(self) -> Client:
        if self._client is None:
            self._client = connect(self._url)
        return self._client

    def _noted(self) -> str | None:
        """Return the collection's name; None where the note is another workspace's or server's."""
        try:
            note = decoded((self._folder / _NOTE).read_bytes(), _Note)
        except (OSError, ValueError):
            return None
        ours = (note.url, note.folder) == (self._url, str(self._folder.resolve()))
        return note.collection if ours else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    url: str
    collection: str
    folder: str


def _opened(folder: Path) -> Client:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    try:
        made = chromadb.PersistentClient(path=str(folder), settings=settings)
    except Exception as error:
        # Chroma 1.5.9 keeps what it began to open, and would open it no more.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)  # noqa: SLF001 - as above
        raise _unreadable(folder, error) from error
    return cast("Client", made)  # its interface, `ClientAPI`, lacks `close`


def _made(client: ClientAPI, name: str) -> Collection:
    return client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


def _unreadable(folder: Path, error: Exception) -> WorkspaceError:
    if _FULL.search(str(error)):
        return WorkspaceError(
            f"The vectors in {folder} can't be written: the disk is full.", hint=FREE_SPACE
        )
    return WorkspaceError(
        f"The vectors in {folder} can't be read ({error}).", hint="Run: pagelight doctor --repair"
    )


def checked_url(text: str) -> str:
    """Return the address without a slash at its end; raise SettingsError where it is none."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"RAG_CHROMA_URL is no address: {error}.", hint=_EXAMPLE) from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise SettingsError(f"RAG_CHROMA_URL is {text!r}, which is no address.", hint=_EXAMPLE)
    return url


def connect(url: str) -> Client:
    """Return a client; raises VectorServerError where no Chroma answers."""
    import chromadb
    import httpx
    from chromadb.config import Settings

    try:
        beat = httpx.get(f"{url}/api/v2/heartbeat", timeout=ANSWER_SECONDS)
        known = beat.is_success and "nanosecond heartbeat" in beat.json()
    except httpx.HTTPError as error:
        raise VectorServerError(
            f"No Chroma server answers at {url} ({_reason(error)}).", hint=_START
        ) from error
    except (ValueError, TypeError):
        known = False
    if not known:
        raise VectorServerError(
            f"What answers at {url} is no Chroma server.", hint="Check RAG_CHROMA_URL."
        )
    made = chromadb.HttpClient(host=url, settings=Settings(anonymized_telemetry=False))
    client = cast("Client", made)  # as above
    for session in _sessions(client):
        session.timeout = httpx.Timeout(ANSWER_SECONDS)
    return client


def disconnect(client: Client) -> None:
    sessions = _sessions(client)
    client.close()
    for session in sessions:
        session.close()


def _sessions(client: Client) -> list[httpx.Client]:
    """Return what Chroma 1.5.9 keeps to itself: it sets no time limits and closes none."""
    admin: Any = client._admin_client  # noqa: SLF001 - above
    server: Any = client._server  # noqa: SLF001 - above
    return [server._session, admin._server._session]  # noqa: SLF001 - above


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
