"""Chroma as a server of its own (`RAG_CHROMA_URL`): which collection is ours, and what goes wrong.

Ids and numbers go there, no words. A note in the folder where the vectors would lie says under
which name they are on which server, so that many workspaces can share one. A workspace that was
copied or moved does not take the collection over: it makes its vectors again, and can't harm
those of the other. Knows nothing of vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from rag.decoding import decoded
from rag.errors import SettingsError, VectorServerError
from rag.storage.files.folder import write_whole
from rag.storage.vectors.chroma_folder import NOTE_NAME, forget_files

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

ANSWER_SECONDS: Final = 60.0
"""A server that is silent so long is taken for gone; Chroma's own client waits for ever."""

_EXAMPLE: Final = "Say an address such as http://127.0.0.1:8000."
_START: Final = (
    "Start it (chroma run --path FOLDER) or correct RAG_CHROMA_URL; what is stored is not lost."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """Where vectors are. `folder` is that in which the note was written."""

    url: str
    collection: str
    folder: str


class ServerPlace:
    """As `FolderPlace`, on a server.

    `kind` begins the collection's name on the server.
    """

    def __init__(self, folder: Path, *, url: str, kind: str) -> None:
        self._folder = folder
        self._url = checked_url(url)
        self._kind = kind
        self._client: Client | None = None
        self._opened: Collection | None = None

    def begin(self) -> None:
        """Nothing is to be ended."""

    def exists(self) -> bool:
        return self._found() is not None

    def collection(self) -> Collection:
        return self._found() or self._made()

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

    def _made(self) -> Collection:
        """Make the collection. What lies in the folder is of a time before it: it goes."""
        client = self._connected()
        forget_files(self._folder)
        name = f"pagelight-{self._kind}-{uuid4().hex}"
        note = _Note(url=self._url, collection=name, folder=str(self._folder.resolve()))
        write_whole(self._folder / NOTE_NAME, msgspec.json.encode(note))
        self._opened = client.get_or_create_collection(
            name,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )
        return self._opened

    def _connected(self) -> Client:
        if self._client is None:
            self._client = connect(self._url)
        return self._client

    def _noted(self) -> str | None:
        """Return the collection's name; None where the note is another workspace's or server's."""
        try:
            note = decoded((self._folder / NOTE_NAME).read_bytes(), _Note)
        except (OSError, ValueError):
            return None
        ours = (note.url, note.folder) == (self._url, str(self._folder.resolve()))
        return note.collection if ours else None


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
    client = cast("Client", made)  # its interface, `ClientAPI`, lacks `close`
    for session in _sessions(client):
        session.timeout = httpx.Timeout(ANSWER_SECONDS)
    return client


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


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
