"""The index in the shared database, each document as it is by now, and what is yet to go there.

What is gone leaves the number of its change: who comes late reads what there is, who was away what
is new. In each machine's copy triggers note what changes, in the transaction that changes it. Each
document is one thing with its files, under `d:` and its id; a file that can't be read is one, under
`f:` and its source. Knows tables and folders, and not what rows hold.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from rag.datamodel import TABULAR, Chunk, Document, images_of
from rag.errors import IndexMismatchError, WorkspaceBusyError, WorkspaceError
from rag.storage.database.database import Database
from rag.storage.database.postgres import OTHERS, PostgresDatabase, Presence
from rag.storage.database.user_database import Transaction
from rag.storage.files.folder import read_or_nothing, write_whole
from rag.storage.files.members import FOLDER as MEMBERS
from rag.storage.files.members import MemberStore
from rag.storage.images.assets import FOLDER as ASSETS
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore, key_of

AT_ONCE: Final = 50
"""Changes that are fetched together."""

_OWNER, _STAMP, _ID = "owner", "index", "id"
"""Facts of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a thing (no `body`: it is gone), with its `files` that others lack."""

    key: str
    body: bytes | None
    vectors: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    author: str = ""

    @property
    def size_bytes(self) -> int:
        return len(self.body or b"") + len(self.vectors) + sum(map(len, self.files.values()))


class Feed:
    """Of one database; written by who owns what all share. Raises DatabaseError."""

    def __init__(self, database: PostgresDatabase, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def require(self, stamp: Mapping[str, Any]) -> str:
        """Return the database's id. Raises IndexMismatchError where its index is made otherwise."""
        with self._database.write() as db:
            text = json.dumps(dict(stamp), sort_keys=True)
            known = db.fact(_STAMP)
            if known is None:
                db.set_fact(_STAMP, text)
                db.set_fact(_ID, secrets.token_hex(8))
            elif known != text:
                raise IndexMismatchError(
                    f"The index in the database {self._database.address} was made with {known},"
                    f" but {text} is in use now.",
                    hint="Start the same version and models everywhere, or name an empty database.",
                )
            return db.fact(_ID) or ""

    def owner(self) -> str:
        """Return the copy that owned what all share last; "" where there was none yet."""
        with self._database.read() as db:
            return db.fact(_OWNER) or ""

    def set_owner(self, copy_id: str) -> None:
        with self._presence.fenced() as db:
            db.set_fact(_OWNER, copy_id)

    def head(self) -> int:
        """Return the number of the last change; 0 where there is none."""
        with self._database.read() as db:
            return _head(db)

    def put(self, changes: Sequence[Change], *, author: str) -> int:
        """Store changes; return the last number. WorkspaceBusyError: another copy owns it."""
        with self._presence.fenced() as db:
            if db.fact(_OWNER) != author:
                raise WorkspaceBusyError(OTHERS)
            former = _head(db)
            for seq, change in enumerate(changes, former + 1):
                _put(db, change, seq, author)
            db.execute(
                "DELETE FROM copied_files WHERE NOT EXISTS"
                " (SELECT 1 FROM files_of_changes f WHERE f.name = copied_files.name)"
            )
        return former + len(changes)

    def known_files(self, names: Sequence[str]) -> set[str]:
        """Return which of these files are there."""
        query = "SELECT 1 FROM copied_files WHERE name = ?"
        return {name for name in names if self._database.query(query, (name,))}

    def since(self, seq: int) -> Iterator[tuple[int, Change]]:
        """Yield the changes after a number, in order; each is told as it is by now."""
        query = "SELECT seq, key FROM changes WHERE seq > ? ORDER BY seq LIMIT ?"
        while True:
            found = self._database.query(query, (seq, AT_ONCE))
            for number, key in found:
                yield number, self.one(key)
            if not found:
                return
            seq = found[-1][0]

    def one(self, key: str) -> Change:
        """Return what became of a thing; one that the feed does not know is gone."""
        with self._database.read() as db:
            query = "SELECT author, body, vectors FROM changes WHERE key = ?"
            row = db.execute(query, (key,)).fetchone()
            if row is None:
                return Change(key=key, body=None)
            query = "SELECT name FROM files_of_changes WHERE key = ?"
            names = [name for (name,) in db.execute(query, (key,))]
        author, body, vectors = row
        return Change(
            key=key,
            author=author,
            body=None if body is None else bytes(body),
            vectors=bytes(vectors),
            files=dict.fromkeys(names, b""),
        )

    def file(self, name: str) -> bytes | None:
        """Return a file that a document needs; None where it is gone by now."""
        rows = self._database.query("SELECT body FROM copied_files WHERE name = ?", (name,))
        return bytes(rows[0][0]) if rows else None


def _put(db: Transaction, change: Change, seq: int, author: str) -> None:
    key, body, vectors = change.key, change.body, change.vectors
    db.put("changes", "key", key=key, seq=seq, author=author, body=body, vectors=vectors)
    db.execute("DELETE FROM files_of_changes WHERE key = ?", (change.key,))
    for name, data in change.files.items():
        if data:
            db.put("copied_files", "name", name=name, body=data)
        db.execute("INSERT INTO files_of_changes (key, name) VALUES (?, ?)", (change.key, name))


def _head(db: Transaction) -> int:
    return int(db.value("SELECT coalesce(max(seq), 0) FROM changes"))


DOCUMENT: Final = "d:"
FAILED: Final = "f:"

_OF_DOCUMENT: Final = (
    "media_type, title, language, page_count, elements, warnings, dated, chunker, pending"
)
_BODY: Final = "(SELECT id FROM documents WHERE row = new.doc_row)"


def _noted(key: str, *, when: str = "TRUE") -> str:
    """Return statements for a trigger: the key gets a new number each time."""
    return (
        f"DELETE FROM unsent WHERE {when} AND key = {key};"
        f" INSERT INTO unsent (key) SELECT {key} WHERE {when};"
    )


def _of_file(row: str) -> str:
    return _noted(f"'{DOCUMENT}' || {row}.doc_id", when=f"{row}.doc_id IS NOT NULL") + _noted(
        f"'{FAILED}' || {row}.source", when=f"{row}.doc_id IS NULL"
    )


_TRIGGERS: Final = tuple(
    f"CREATE TRIGGER {name}_unsent AFTER {change} BEGIN {noted} END;"
    for name, change, noted in (
        ("documents_insert", "INSERT ON documents", _noted(f"'{DOCUMENT}' || new.id")),
        ("documents_delete", "DELETE ON documents", _noted(f"'{DOCUMENT}' || old.id")),
        (
            "documents_update",
            f"UPDATE OF {_OF_DOCUMENT} ON documents",
            _noted(f"'{DOCUMENT}' || new.id"),
        ),
        ("chunks_update", "UPDATE OF body ON chunks", _noted(f"'{DOCUMENT}' || {_BODY}")),
        ("files_insert", "INSERT ON files", _of_file("new")),
        ("files_update", "UPDATE ON files", _of_file("old") + _of_file("new")),
        ("files_delete", "DELETE ON files", _of_file("old")),
    )
)

_TABLES: Final = (
    "CREATE TABLE unsent (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE)",
    "CREATE TABLE copy (id TEXT NOT NULL, database TEXT NOT NULL, seq INTEGER NOT NULL)",
)
_ALL: Final = (
    f"SELECT '{DOCUMENT}' || id FROM documents",
    f"SELECT '{FAILED}' || source FROM files WHERE doc_id IS NULL",
)


class MachineState(NamedTuple):
    """What tells a copy from others, the database that it is of ("" none yet), its last change."""

    id: str
    database_id: str
    seq: int


class Unsent:
    """Of one database, which notes its changes from the first time on that this is made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.write() as db:
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'unsent'").fetchone():
                for statement in (*_TABLES, *_TRIGGERS):  # `executescript` would end the block
                    db.execute(statement)
                db.execute("INSERT INTO copy VALUES (?, '', 0)", (secrets.token_hex(8),))

    @property
    def copy(self) -> MachineState:
        return MachineState(*self._database.query("SELECT id, database, seq FROM copy")[0])

    def join(self, database_id: str) -> None:
        """Be a copy of this database from now on: all that is here is unsent."""
        with self._database.write() as db:
            db.execute("UPDATE copy SET database = ?, seq = 0", (database_id,))
            for keys in _ALL:
                db.execute(f"INSERT OR IGNORE INTO unsent (key) {keys}")

    def entries(self, most: int) -> list[tuple[int, str]]:
        """Return the numbers and keys of the first changes."""
        query = "SELECT number, key FROM unsent ORDER BY number LIMIT ?"
        return self._database.query(query, (most,))

    def done(self, *, numbers: Iterable[int] = (), keys: Iterable[str] = (), seq: int = 0) -> None:
        """Forget changes that were sent, or came from the database; `seq` is the last one here."""
        with self._database.write() as db:
            db.executemany("DELETE FROM unsent WHERE number = ?", [(one,) for one in numbers])
            db.executemany("DELETE FROM unsent WHERE key = ?", [(key,) for key in keys])
            db.execute("UPDATE copy SET seq = max(seq, ?)", (seq,))


MAX_BYTES: Final = 200_000_000
"""Of one file: a row of PostgreSQL holds 1 GB. A larger one stays on its machine."""

_NAME: Final = re.compile(
    rf"{ASSETS}/[0-9a-f]{{2}}/[0-9a-f]{{62}}\.(png|jpg)"
    rf"|{TABLES}/[0-9a-f]{{1,64}}\.sqlite|{MEMBERS}/[0-9a-f]{{2}}/[0-9a-f]{{64}}"
)


class CopiedFiles:
    """The files that a document needs beside its rows: pictures, long tables, what was unpacked.

    Named by their places in the workspace, which are the same on each machine. `is_elsewhere`
    tells which pictures each machine fetches from elsewhere.
    """

    def __init__(self, workspace: Path, *, is_elsewhere: Callable[[str], bool]) -> None:
        self._workspace = workspace
        self._is_elsewhere = is_elsewhere
        self._tables = TableStore(workspace / TABLES)
        self._members = MemberStore(workspace / MEMBERS)

    def needed(self, document: Document, chunks: Collection[Chunk]) -> set[str]:
        """Return the names of the files that are there, and that others have from here alone."""
        shown = {image.path for image in images_of(document, chunks)}
        names = {f"{ASSETS}/{path}" for path in shown if not self._is_elsewhere(path)}
        member = self._members.path(document.id)
        names.add(member.relative_to(self._workspace).as_posix())
        if self._has_long_table(document):
            names.add(f"{TABLES}/{document.id}.sqlite")
        there = [name for name in names if (self._workspace / name).is_file()]
        small = [n for n in there if (self._workspace / n).stat().st_size <= MAX_BYTES]
        return {name for name in small if _NAME.fullmatch(name)}

    def changing(self, name: str) -> bool:
        """Tell whether a file of this name may come to hold something else."""
        return name.startswith(f"{TABLES}/")

    def read(self, name: str) -> bytes:
        """Return what a file holds; nothing where it is gone meanwhile."""
        return read_or_nothing(self._workspace / name)

    def take(self, names: Collection[str], load: Callable[[str], bytes | None]) -> None:
        """Write the files that lack, each whole. Raises WorkspaceError for a strange name."""
        for name in names:
            if not _NAME.fullmatch(name):
                raise WorkspaceError(f"The database names a file {name!r} that is none of ours.")
            if self.changing(name) or not (self._workspace / name).is_file():
                data = load(name)
                if data:
                    write_whole(self._workspace / name, data)

    def _has_long_table(self, document: Document) -> bool:
        """Whether a table has more rows than its element tells: only its file holds them."""
        tables = (element.text for element in document.elements if element.role in TABULAR)
        heights = {key_of(text): text.count("\n") for text in tables}
        kept = self._tables.heights(document.id) if heights else {}
        return any(height > heights.get(key, 0) for key, height in kept.items())
