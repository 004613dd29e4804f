"""Checks of a workspace and their repair: database against vectors, and what nothing refers to.

Nothing is parsed again. What a document referred to when it went is deleted at once. What nothing
refers to for another reason (a killed ingest, a picture asked with) is left alone for a while: it
may be in the making. A cut amid any of it leaves only what the next time deletes.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from rag.errors import VectorServerError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.storage.backups.salvage import are_users_whole, unreadable
from rag.storage.conversations.reports import brought_with
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.database.user_database import UserDatabase
from rag.storage.documents import scope
from rag.storage.documents.records import Finding, findings
from rag.storage.images.assets import AssetStore, Goes
from rag.storage.images.server import RemoteError
from rag.storage.images.shared_assets import noted_address
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore
from rag.storage.vectors.chunk_vectors import ChunkEmbedder, Embed
from rag.storage.vectors.vectors import VectorStore

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

    def in_use(self) -> set[str]:
        """Return the ids of pictures that documents, conversations, reports or pins refer to."""
        with self._users.read() as db:
            return self.of_documents() | brought_with(db)[0]

    def of_documents(self) -> set[str]:
        """Return the ids of pictures that documents refer to."""
        with self._database.read() as db:
            return scope.pictures(db)

    def attached(self) -> set[str]:
        """Return the ids of the attached files that conversations, reports or pins refer to."""
        with self._users.read() as db:
            return brought_with(db)[1]

    def sweep(self, *, gone: Collection[str] = (), since_s: float | None = None) -> int:
        """Delete what nothing refers to; return its bytes.

        `gone` are pictures that something referred to until now: they go at once, unless put
        again after `since_s` (seconds since 1970); so do tables. Others go when old enough.
        """
        now = time.time()
        renders = self._unused_renders()
        for folder in renders:
            shutil.rmtree(folder, ignore_errors=True)
        self._sweep_ocr()
        before_s = now - LEFT_ALONE_S if since_s is None else since_s
        freed = self._tables.sweep(self._documents(), before_s=before_s) + sum(renders.values())
        return freed + self._assets.sweep(self._goes(gone, since_s=since_s or now))

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
                [(doc_id,) for doc_id in scope.documents_with(db, lacking)],
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
        lost = len(lacking) - here
        if lost and self._left_behind:
            problem = f"{lost} pictures lie at {self._left_behind}: set RAG_ASSETS_URL."
            return [Finding(kind="missing", problem=problem, count=lost, repairable=False)]
        gone = (
            "{} pictures of documents are missing."
            " After the repair, pagelight ingest FOLDER reads these documents again."
        )
        alone = (
            "{} pictures of documents lie on this machine alone, and lack at the address"
            " that others fetch them from. The repair sends them."
        )
        return [*findings("missing", lost, gone), *findings("missing", here, alone)]

    def _needless(self) -> list[Finding]:
        sizes = [*self._assets.needless(self._goes()), *self._unused_renders().values()]
        problem = f"Pictures that belong to nothing take {sum(sizes) / _MEGABYTE:.1f} MB."
        return findings("stray", len(sizes), problem)

    @property
    def _left_behind(self) -> str:
        """Where pictures were sent that is not named any more; "" where they never were."""
        return "" if self._assets.address else noted_address(self._database)

    def _lacking(self) -> set[str]:
        return self._assets.lacking(self.of_documents())

    def _goes(self, gone: Collection[str] = (), *, since_s: float = 0.0) -> Goes:
        used, now = self.in_use(), time.time()

        def goes(image_id: str, changed_s: float) -> bool:
            if image_id in used:
                return False
            return now - changed_s > LEFT_ALONE_S or (image_id in gone and changed_s < since_s)

        return goes

    def _unused_renders(self) -> dict[Path, int]:
        """Return the folders of drawn pages of what is gone, each with its bytes."""
        known = self._documents()
        return {
            path: sum(file.stat().st_size for file in path.iterdir())
            for path in self._renders.glob("*")
            if path.is_dir() and path.name not in known
        }

    def _documents(self) -> set[str]:
        return {doc_id for (doc_id,) in self._database.query("SELECT id FROM documents")}

    def _sweep_ocr(self) -> None:
        with self._database.write() as db:
            known = self._documents() | scope.pictures(db)
            keys = db.execute("SELECT key FROM lettering").fetchall()
            stale = [(key,) for (key,) in keys if not known.intersection(key.split(":"))]
            db.executemany("DELETE FROM lettering WHERE key = ?", stale)


REPAIR_BATCH: Final = 256
"""Chunks embedded and stored at a time: a killed repair loses at most these."""

MENDING: Final = "mending"
"""A fact of the database while vectors are made again: cut off, the next ingest goes on with it."""


def check(
    database: Database, vectors: VectorStore, *, progress: Progress = NO_PROGRESS
) -> list[Finding]:
    """Say what is wrong, worst first; nothing where all is well. Raises VectorServerError."""
    damage = _damage(database, progress)
    progress.begin("Comparing passages and vectors", 1)
    with database.read() as db:
        known = set(catalog.all_chunk_ids(db))
    lacking = f"{{}} of {len(known)} chunks have no vector, so only words find them."
    stray = "{} vectors belong to nothing that is stored."
    return [*damage, *vectors.compared(known, lacking=lacking, stray=stray)]


def check_users(path: Path) -> list[Finding]:
    """Say whether the file of what people wrote is damaged."""
    problem = (
        "What people wrote is damaged. The repair keeps what can be read, and takes the rest from"
        " the copy of a day."
    )
    return findings("damaged", not are_users_whole(path), problem)


def repair(
    database: Database, vectors: VectorStore, embed: Embed, *, progress: Progress = NO_PROGRESS
) -> int:
    """Make the vectors fit the database; return how many were made. Cut off, it goes on later."""
    database.set_fact(MENDING, "")
    with database.read() as db:
        known = catalog.all_chunk_ids(db)
    try:
        stored = vectors.ids()
    except VectorServerError:
        raise
    except WorkspaceError:  # what can't be read is written anew by its copy, or forgotten
        try:
            vectors.compact(progress)
        except WorkspaceError:
            vectors.destroy()
        stored = vectors.ids()
    vectors.delete(sorted(stored - set(known)))
    missing = [chunk_id for chunk_id in known if chunk_id not in stored]
    embedder = ChunkEmbedder(embed)
    progress.begin("Making vectors again", len(missing))
    for start in range(0, len(missing), REPAIR_BATCH):
        with database.read() as db:
            chunks = list(catalog.chunks(db, missing[start : start + REPAIR_BATCH]).values())
        rows = embedder.embed(chunks)  # (n, dim)
        vectors.upsert({chunk.id: row for chunk, row in zip(chunks, rows, strict=True)})
        progress.advance(len(chunks))
    database.set_fact(MENDING, None)
    return len(missing)


def _damage(database: Database, progress: Progress) -> list[Finding]:
    spoilt = ["its tables"]
    if database.is_sound(progress):
        with database.read() as db:
            spoilt = list(unreadable(db))
    problem = (
        f"The index is damaged ({', '.join(spoilt[:1])}). After the repair, pagelight ingest FOLDER"
        " reads the documents again."
    )
    return findings("damaged", len(spoilt), problem)
