"""What is kept so as not to be made twice: what archives and mails hold, and cells of tables.

Knows folders, hashes and names; knows no archive format and no question. No name of a member is
ever a path here: contents are named by their SHA-256, lists by that of the file that holds them.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from rag.storage.documents import codec
from rag.storage.files.folder import concerns_disk, temporary, unwritable, write_whole

FOLDER: Final = "members"
"""Its name in a workspace."""

VERSION: Final = 1
"""Of the lists: others are not read, and the file is unpacked again."""

_LIST: Final = ".json"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file inside another: its name there (with `/`), and its content's hash.

    Without a hash it was left closed: `reason` says why; `failed`, whether that is worth telling
    as a failure.
    """

    name: str
    sha256: str = ""
    size_bytes: int = 0
    reason: str = ""
    failed: bool = False


class _Content(msgspec.Struct):
    version: Literal[1]
    members: tuple[Member, ...]


class MemberStore:
    """One folder of contents and lists. Safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where a content stands, or would stand."""
        return self.root / sha256[:2] / sha256

    def put(self, blocks: Iterable[bytes]) -> tuple[str, int]:
        """Store a content by renaming; return its hash and its bytes. Raises WorkspaceError."""
        digest, size = hashlib.sha256(), 0
        try:
            with temporary(self.root) as part:
                with part.open("wb") as file:
                    for block in blocks:
                        digest.update(block)
                        size += len(block)
                        file.write(block)
                path = self.path(digest.hexdigest())
                path.parent.mkdir(exist_ok=True)
                part.replace(path)
        except OSError as error:
            if concerns_disk(error):
                raise unwritable(self.root, error) from error
            raise
        return digest.hexdigest(), size

    def write_list(self, sha256: str, members: Iterable[Member]) -> None:
        """Note what a file holds, once all of it is stored. Raises WorkspaceError."""
        content = {"version": VERSION, "members": tuple(members)}
        write_whole(self._list(sha256), codec.dump(content))

    def read_list(self, sha256: str) -> tuple[Member, ...] | None:
        """Return what a file holds; None if that is not known, or a content of it is gone."""
        try:
            content = codec.load(self._list(sha256).read_bytes(), _Content)
        except (OSError, ValueError):
            return None
        there = all(self.path(m.sha256).is_file() for m in content.members if m.sha256)
        return content.members if there else None

    def listed(self) -> frozenset[str]:
        """Return the hashes of the files whose lists are there."""
        return frozenset(path.stem for path in self.root.glob(f"*{_LIST}"))

    def keep_only(self, holders: Collection[str]) -> None:
        """Forget all that the files with these hashes do not hold."""
        for sha256 in self.listed() - set(holders):
            self._list(sha256).unlink(missing_ok=True)
        kept = {m.sha256 for holder in holders for m in self.read_list(holder) or ()}
        for path in self.root.glob("*/*"):
            if _SHA256.fullmatch(path.name) and path.name not in kept:
                path.unlink(missing_ok=True)
        for path in self.root.glob("*.part"):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _list(self, sha256: str) -> Path:
        return self.root / f"{sha256}{_LIST}"


CELLS_NAME: Final = "cells.sqlite"


class CellStore:
    """Answers about single documents, by document and key, so that a table goes on where it was.

    A file of its own, made when first needed. Any thread may call.
    """

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / CELLS_NAME
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def get(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return those of the (document id, key) that are kept."""
        with self._lock:
            rows = self._db().execute(
                "SELECT c.doc_id, c.key, c.body FROM json_each(?) j JOIN cells c"
                " ON c.doc_id = j.value ->> 0 AND c.key = j.value ->> 1",
                (json.dumps(list(keys)),),
            )
            return {(doc_id, key): body for doc_id, key, body in rows}

    def put(self, bodies: Mapping[tuple[str, str], str]) -> None:
        """Keep bodies; those of the same document and key are replaced."""
        with self._lock, self._db() as db:
            db.executemany(
                "INSERT OR REPLACE INTO cells VALUES (?, ?, ?)",
                [(doc_id, key, body) for (doc_id, key), body in bodies.items()],
            )

    def keep_only(self, doc_ids: Collection[str]) -> None:
        """Forget what is kept of every other document."""
        with self._lock, self._db() as db:
            db.execute(
                "DELETE FROM cells WHERE doc_id NOT IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(doc_ids)),),
            )

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _db(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = sqlite3.connect(self._path, check_same_thread=False)
            self._opened.execute("PRAGMA journal_mode = WAL")
            self._opened.execute("PRAGMA synchronous = NORMAL")
            self._opened.execute(
                "CREATE TABLE IF NOT EXISTS cells (doc_id TEXT, key TEXT, body TEXT NOT NULL,"
                " PRIMARY KEY (doc_id, key)) WITHOUT ROWID"
            )
        return self._opened
