"""Disk given back: pictures, drawn pages, lettering and rows that nothing refers to any more.

What a document referred to when it went is deleted at once. What nothing refers to for another
reason (a killed ingest, a picture asked with) is left alone for a while: it may be in the making.
A cut amid any of it leaves only what the next time deletes. Knows folders and the database's
tables; knows nothing of how they came about.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from rag.errors import WorkspaceError
from rag.storage.conversations.reports import brought_with
from rag.storage.database import document_pictures
from rag.storage.database.database import Database
from rag.storage.database.user_database import UserDatabase
from rag.storage.documents.records import Finding
from rag.storage.images.assets import AssetStore, Goes
from rag.storage.images.server import RemoteError
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore
from rag.storage.workspace.shared_pictures import noted_address

RENDERS: Final = "renders"
"""Folder of drawn pages in a workspace, one folder a document: made again when asked for."""

LEFT_ALONE_S: Final = 3600.0
"""What nothing refers to is deleted at this age: by then no child that made it still works."""

_MEGABYTE: Final = 1_000_000


class Tidy:
    """The care for the disk of one workspace. Used by the thread that writes."""

    def __init__(
        self,
        workspace: Path,
        database: Database,
        assets: AssetStore,
        users: UserDatabase,
    ) -> None:
        self._renders = workspace / RENDERS
        self._tables = TableStore(workspace / TABLES)
        self._database = database
        self._users = users
        self._assets = assets

    def in_use(self) -> frozenset[str]:
        """Return the ids of pictures that documents, conversations, reports or pins refer to."""
        with self._users.read() as db:
            pictures, _ = brought_with(db)
        return self.of_documents() | pictures

    def of_documents(self) -> frozenset[str]:
        """Return the ids of pictures that documents refer to."""
        with self._database.read() as db:
            return frozenset(document_pictures.pictures(db))

    def attached(self) -> frozenset[str]:
        """Return the ids of the attached files that conversations, reports or pins refer to."""
        with self._users.read() as db:
            return frozenset(brought_with(db)[1])

    def sweep(self, *, gone: Collection[str] = (), since_s: float | None = None) -> int:
        """Delete what nothing refers to; return its bytes.

        `gone` are pictures that something referred to until now: they go at once, unless put
        again after `since_s` (seconds since 1970); so do tables. Others go when old enough.
        """
        now = time.time()
        freed = self._assets.sweep(self._goes(gone, since_s=since_s or now))
        for folder in self._unused_renders():
            freed += _size(folder)
            shutil.rmtree(folder, ignore_errors=True)
        self._sweep_ocr()
        return freed + self._tables.sweep(
            self._documents(), before_s=now - LEFT_ALONE_S if since_s is None else since_s
        )

    def check(self) -> list[Finding]:
        """Say which pictures are missing, and what takes room for nothing."""
        self._assets.look_again()
        try:
            return [*self._missing(), *self._needless()]
        except RemoteError as error:
            return [Finding(kind="missing", problem=str(error), count=1, repairable=False)]

    def repair(self) -> None:
        """Delete what takes room for nothing; let documents that lack a picture be read again."""
        self.sweep()
        self._assets.look_again()
        self.keep_all()
        lacking = self._lacking()
        lacking -= self._assets.here_alone(lacking)
        with self._database.write() as db:
            db.executemany(
                "UPDATE files SET size_bytes = -1, mtime_ns = -1, sha256 = '' WHERE doc_id = ?",
                [(doc_id,) for doc_id in document_pictures.documents_with(db, lacking)],
            )

    def keep_all(self) -> int:
        """Let the pictures of documents lie where all look for them; return how many lacked there.

        Raises RemoteError where that can't be, WorkspaceError where they lie at an address that is
        not named any more.
        """
        if self._left_behind and self._lacking():
            raise WorkspaceError(
                f"Pictures of this workspace lie at {self._left_behind}, which RAG_ASSETS_URL does"
                " not name.",
                hint="Set it, or copy what lies there into the workspace's folder assets.",
            )
        return self._assets.keep_stored(self.of_documents)

    def _missing(self) -> list[Finding]:
        lacking = self._lacking()
        here = len(self._assets.here_alone(lacking))
        found = self._lost(len(lacking) - here)
        if here:
            problem = (
                f"{here} pictures of documents lie on this machine alone, and lack at the address"
                " that others fetch them from. The repair sends them."
            )
            found.append(Finding(kind="missing", problem=problem, count=here))
        return found

    def _lost(self, count: int) -> list[Finding]:
        if not count:
            return []
        if self._left_behind:
            problem = f"{count} pictures lie at {self._left_behind}: set RAG_ASSETS_URL."
            return [Finding(kind="missing", problem=problem, count=count, repairable=False)]
        problem = (
            f"{count} pictures of documents are missing."
            " After the repair, pagelight ingest FOLDER reads these documents again."
        )
        return [Finding(kind="missing", problem=problem, count=count)]

    def _needless(self) -> list[Finding]:
        sizes = self._assets.needless(self._goes())
        sizes += [_size(folder) for folder in self._unused_renders()]
        if not sizes:
            return []
        problem = f"Pictures that belong to nothing take {sum(sizes) / _MEGABYTE:.1f} MB."
        return [Finding(kind="stray", problem=problem, count=len(sizes))]

    @property
    def _left_behind(self) -> str:
        """Where pictures were sent that is not named any more; "" where they never were."""
        return "" if self._assets.address else noted_address(self._database)

    def _lacking(self) -> set[str]:
        """Return the pictures that documents refer to and that are not there, or empty."""
        return self._assets.lacking(self.of_documents())

    def _goes(self, gone: Collection[str] = (), *, since_s: float = 0.0) -> Goes:
        """Return what tells which pictures go: as `sweep` says."""
        used, now = self.in_use(), time.time()

        def goes(image_id: str, changed_s: float) -> bool:
            if image_id in used:
                return False
            return now - changed_s > LEFT_ALONE_S or (image_id in gone and changed_s < since_s)

        return goes

    def _unused_renders(self) -> list[Path]:
        if not self._renders.is_dir():
            return []
        known = self._documents()
        return [
            path for path in self._renders.iterdir() if path.is_dir() and path.name not in known
        ]

    def _documents(self) -> set[str]:
        with self._database.read() as db:
            return {doc_id for (doc_id,) in db.execute("SELECT id FROM documents")}

    def _sweep_ocr(self) -> None:
        """Delete what was read of documents and pictures that are gone."""
        with self._database.write() as db:
            known = document_pictures.pictures(db)
            known |= {doc_id for (doc_id,) in db.execute("SELECT id FROM documents")}
            keys = [key for (key,) in db.execute("SELECT key FROM lettering")]
            stale = [(key,) for key in keys if not known.intersection(key.split(":"))]
            db.executemany("DELETE FROM lettering WHERE key = ?", stale)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
