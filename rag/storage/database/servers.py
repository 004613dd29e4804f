"""What the servers of one workspace know of each other: who runs, what is read, what is answered.

Each server holds a lock of its own, which goes with its process. Knows files and rows, and the
database of servers on several machines; looks at no folder that is read.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from rag.errors import WorkspaceBusyError
from rag.storage.database.catalog import storable
from rag.storage.database.postgres import Presence
from rag.storage.database.user_database import UserDatabase, UserStore
from rag.storage.files.folder import WorkspaceLock

FOLDER: Final = "servers"
_ROOM: Final = ".room"
_READING: Final = "reading"


class ServerMarks:
    """Those of one workspace. `own` is the id of this process's, "" before `begin`."""

    def __init__(self, workspace: Path, presence: Presence | None = None) -> None:
        """`presence`: this process among those of other machines."""
        self._folder = workspace / FOLDER
        self._presence = presence
        self._lock: FileLock | None = None
        self.own = ""

    def begin(self) -> None:
        """Be a server until `close`. What those left that have ended is deleted."""
        self._folder.mkdir(exist_ok=True)
        for path in self._folder.iterdir():
            if not self._runs_here(path.name.removesuffix(_ROOM)):
                _delete(path)
        self.own = secrets.token_hex(8)
        self._lock = FileLock(self._folder / self.own, mode=0o600, thread_local=False)
        self._lock.acquire()
        if self._presence is not None:
            self._presence.be_server(self.own)

    @property
    def room(self) -> Path:
        """A folder for what this server alone keeps as long as it runs; made by who needs it."""
        return self._folder / f"{self.own}{_ROOM}"

    def runs(self, server: str) -> bool:
        """Tell whether a server runs, on whatever machine; this one does."""
        if self._presence is None or server == self.own:
            return self._runs_here(server)
        return self._presence.runs(server)

    def _runs_here(self, server: str) -> bool:
        path = self._folder / server
        if server == self.own or not path.is_file():
            return bool(server) and server == self.own
        lock = FileLock(path, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False
        lock.release()
        return False

    def close(self) -> None:
        if self._lock is not None:
            self._lock.release()
            _delete(self.room)
            _delete(self._folder / self.own)
            self._lock, self.own = None, ""


@contextmanager
def alone_in(workspace: Path) -> Iterator[None]:
    """Let no other process use the workspace until the block ends. Raises WorkspaceBusyError."""
    lock = WorkspaceLock(workspace)
    lock.acquire()
    try:
        marks = ServerMarks(workspace)
        if any(marks.runs(path.name) for path in (workspace / FOLDER).glob("*")):
            raise WorkspaceBusyError(
                f"A server of the workspace {workspace} runs.", hint="Stop it first."
            )
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingAnswer:
    """An answer as far as it has come: its conversation, its exchange, and what is shown of it."""

    conversation_id: str
    exchange_id: str
    html: str
    is_stopping: bool = False
    """Whether its server was asked to stop it, and has not done so yet."""


class GrowingAnswers:
    """Answers to one person that servers are writing, for other servers to show."""

    def __init__(self, database: UserDatabase, servers: ServerMarks, *, owner: str = "") -> None:
        self._database = database
        self._servers = servers
        self._owner = owner

    def begin(self, answer: GrowingAnswer) -> None:
        """Note an answer that this server begins to write."""
        self._database.put(
            "growing",
            "conversation_id",
            conversation_id=answer.conversation_id,
            exchange_id=answer.exchange_id,
            owner=self._owner,
            server=self._servers.own,
            html=storable(answer.html),
            stop=False,
        )

    def grow(self, answer: GrowingAnswer) -> bool:
        """Note how far it has come; tell whether it was asked elsewhere to be stopped."""
        with self._database.write() as db:
            row = db.execute(
                "UPDATE growing SET html = ? WHERE conversation_id = ? AND server = ?"
                " RETURNING stop",
                (storable(answer.html), answer.conversation_id, self._servers.own),
            ).fetchone()
        return row is not None and bool(row[0])

    def end(self, conversation_id: str, exchange_id: str) -> None:
        self._database.change(
            "DELETE FROM growing WHERE conversation_id = ? AND exchange_id = ? AND server = ?",
            (conversation_id, exchange_id, self._servers.own),
        )

    def elsewhere(self) -> list[GrowingAnswer]:
        """Return what other servers write."""
        query = (
            "SELECT conversation_id, exchange_id, html, stop, server FROM growing"
            " WHERE owner = ? AND server <> ?"
        )
        rows = self._database.query(query, (self._owner, self._servers.own))
        return [
            GrowingAnswer(conversation_id=talk, exchange_id=key, html=html, is_stopping=bool(stop))
            for talk, key, html, stop, server in rows
            if self._servers.runs(server)
        ]

    def stop(self, conversation_id: str) -> None:
        """Ask the server that writes an answer in this conversation to stop it."""
        query = "UPDATE growing SET stop = TRUE WHERE conversation_id = ? AND owner = ?"
        self._database.change(query, (conversation_id, self._owner))


class SharedReading(UserStore):
    """How far the owner of a workspace has come with reading, and what others ask of it."""

    def tell(self, state: Mapping[str, Any]) -> None:
        """Note how it stands, for the other servers."""
        with self._database.write() as db:
            db.set_fact(_READING, json.dumps(dict(state)))

    def last_state(self) -> dict[str, Any]:
        """Return how it stands, as it was told last; nothing where it never was."""
        with self._database.read() as db:
            found: dict[str, Any] = json.loads(db.fact(_READING) or "{}")
        return found

    def ask(self, wish: str) -> None:
        """Ask something of the owner."""
        self._database.change("INSERT INTO reading_wishes (wish) VALUES (?)", (wish,))

    def asked(self) -> dict[int, str]:
        """Return what was asked and is not yet done, in order, by its number."""
        return dict(self._database.query("SELECT number, wish FROM reading_wishes ORDER BY number"))

    def done(self, numbers: Iterable[int]) -> None:
        """Note that this is asked no more."""
        rows = [(number,) for number in numbers]
        with self._database.write() as db:
            db.executemany("DELETE FROM reading_wishes WHERE number = ?", rows)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Where files lie: in the workspace's own folder, or in an `extra` one, by its name."""

    own: Path | None
    extra: Mapping[str, Path] = field(default_factory=dict)

    def place(self, source: str) -> tuple[Path, Path] | None:
        """Return the folder that a source lies in, and its path; None where none is known."""
        top, _, rest = source.partition("/")
        if rest and top in self.extra:
            return self.extra[top], self.extra[top] / rest
        return None if self.own is None else (self.own, self.own / source)


class SourceFolders(UserStore):
    """Folders read beside the workspace's own, by the name that their sources begin with."""

    def all(self) -> dict[str, Path]:
        """Return the folders by their names, in the order of these."""
        rows = self._database.query("SELECT name, folder FROM source_folders ORDER BY name")
        return {name: Path(folder) for name, folder in rows}

    def put(self, name: str, folder: Path) -> None:
        self._database.put("source_folders", "name", name=name, folder=str(folder))

    def rename(self, name: str, other: str) -> None:
        query = "UPDATE source_folders SET name = ? WHERE name = ?"
        self._database.change(query, (other, name))

    def remove(self, name: str) -> None:
        self._database.change("DELETE FROM source_folders WHERE name = ?", (name,))


class LeftOut:
    """The sources that a person took out of the index; who sees a part sees none of them."""

    def __init__(self, database: UserDatabase, *, hidden: bool = False) -> None:
        self._database = database
        self._hidden = hidden

    def sources(self) -> frozenset[str]:
        query = "SELECT source FROM left_out"
        rows = [] if self._hidden else self._database.query(query)
        return frozenset(source for (source,) in rows)

    def add(self, sources: Sequence[str]) -> None:
        self._each("INSERT INTO left_out VALUES (?) ON CONFLICT DO NOTHING", sources)

    def remove(self, sources: Sequence[str]) -> None:
        self._each("DELETE FROM left_out WHERE source = ?", sources)

    def move(self, moved: Mapping[str, str]) -> None:
        """Give files that are left out their new sources, by the former ones."""
        former = sorted(self.sources() & moved.keys())
        self.remove(former)
        self.add([moved[source] for source in former])

    def _each(self, query: str, sources: Sequence[str]) -> None:
        if sources:
            with self._database.write() as db:
                db.executemany(query, [(source,) for source in sources])
