"""`WorkspaceIndex`: one folder that holds what was read, found by words, vectors and pictures.

Puts database, vectors, stamp, lock and pictures together; what only reads is in
`workspace.reading`. How a thing is searched, stored or mended, other modules know. Knows
no model and no parser.
A workspace mirrors one folder of documents. Every method may be called from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from rag.closing import Closing
from rag.datamodel import Chunk, Document
from rag.errors import SettingsError, WorkspaceBusyError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.storage.accounts.audit import Audit
from rag.storage.accounts.sessions import Sessions
from rag.storage.accounts.usage import Usage
from rag.storage.backups.backup import DailyCopies
from rag.storage.backups.former import carry_over, move_in
from rag.storage.backups.salvage import are_users_whole
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.pins import Pins
from rag.storage.conversations.preferences import Preferences
from rag.storage.conversations.reports import Reports
from rag.storage.conversations.shares import Shares
from rag.storage.database import catalog
from rag.storage.database.cells import CellStore
from rag.storage.database.database import Database
from rag.storage.database.folder import LEDGER_NAME, make_folder, unwritable
from rag.storage.database.lock import WorkspaceLock
from rag.storage.database.members import FOLDER, MemberStore
from rag.storage.database.servers import GrowingAnswers, ServerMarks, SharedReading
from rag.storage.database.sources import LeftOut, Roots, SourceFolders
from rag.storage.database.stamp import Stamp, require
from rag.storage.database.user_database import USERS_NAME, UserDatabase, UserFile
from rag.storage.database.workspace_schema import SCHEMA_VERSION
from rag.storage.documents import scope
from rag.storage.documents.records import DocumentToStore, FileRecord, Finding
from rag.storage.images.assets import AssetStore
from rag.storage.images.lettering import LetteringCache, Unlettered
from rag.storage.images.server import checked_address
from rag.storage.images.shared_assets import PicturePlace
from rag.storage.replication.copied_files import CopiedFiles
from rag.storage.replication.machine_copy import MachineCopy
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore
from rag.storage.vectors.chroma_server import checked_url
from rag.storage.vectors.chunk_vectors import Embed
from rag.storage.vectors.model_space import ModelSpace
from rag.storage.vectors.vectors import VectorStore
from rag.storage.workspace import health
from rag.storage.workspace.commit import Committer
from rag.storage.workspace.mending import refuse_gone
from rag.storage.workspace.reading import WorkspaceReading
from rag.storage.workspace.seen import SeenIndex
from rag.storage.workspace.shared_pictures import HERE, open_pictures
from rag.storage.workspace.tidy import Tidy
from rag.tables.long.long_table import LongTable

Space = TypeVar("Space", bound=ModelSpace)


class WorkspaceIndex(WorkspaceReading, Closing):
    """Implements `rag.protocols.Index`. Made by `open`; ended by `close` or a `with` block."""

    def __init__(
        self,
        workspace: Path,
        lock: WorkspaceLock,
        database: Database,
        vectors: VectorStore,
        assets: AssetStore,
        *,
        users: UserDatabase,
        chunker_version: str,
        chroma_url: str = "",
        shared: MachineCopy | None = None,
    ) -> None:
        super().__init__(database, vectors, chunker_version=chunker_version)
        self._users = users
        self._shared = shared
        self.workspace = workspace
        self.assets = assets
        self.members = MemberStore(workspace / FOLDER)
        self.lettering_cache = LetteringCache(database)
        self.unlettered = Unlettered(database)
        self.conversations = Conversations(users)
        self.shares = Shares(users)
        self.sessions = Sessions(users)
        self.audit = Audit(users)
        self.usage = Usage(users)
        self.pins = Pins(users)
        self.preferences = Preferences(users)
        self.left_out = LeftOut(users)
        self.servers = ServerMarks(workspace, shared.presence if shared else None)
        self.growing = GrowingAnswers(users, self.servers)
        self.reading = SharedReading(users)
        self.source_folders = SourceFolders(users)
        self.reports = Reports(users)
        self.cells = CellStore(workspace)
        self.tables = TableStore(workspace / TABLES)
        self._chroma_url = chroma_url
        self._spaces: list[ModelSpace] = []
        self._lock = lock
        self._committer = Committer(database, vectors, chunker_version=chunker_version)
        self.tidy = Tidy(workspace, database, assets, users)
        self._daily = DailyCopies(workspace)
        self._keep_daily()

    @classmethod
    def open(
        cls,
        workspace: Path,
        *,
        model_id: str,
        dim: int,
        chunker_version: str,
        pictures: PicturePlace = HERE,
        chroma_url: str = "",
        database_url: str = "",
        beside: bool = False,
    ) -> Self:
        """Open or make the workspace, and own it until closed.

        `beside` the process that owns it, it is not owned until `take_over`: all is read, and
        what the database alone keeps is written. Vectors lie in it, or on the Chroma server at
        `chroma_url`, which is asked when first needed. Documents that another version of
        the chunker divided are `outdated`. What people say and are told is kept in the database
        at `database_url`, if one is named: one of all that share this owns it, from `take_over` on.
        Pictures lie where `pictures` says.

        Raises WorkspaceBusyError when another process owns it, IndexMismatchError when it was
        built with something else, WorkspaceError when the folder can't be used, SettingsError
        when an address is none, DatabaseError when nothing answers there.
        """
        if chroma_url:
            checked_url(chroma_url)
            if database_url:
                raise SettingsError(
                    "With RAG_DATABASE_URL each machine keeps its own vectors: RAG_CHROMA_URL goes"
                    " without it.",
                    hint="Leave one of the two away.",
                )
        if pictures.url:
            checked_address(pictures.url)
        make_folder(workspace)
        stamp = Stamp(schema=SCHEMA_VERSION, model_id=model_id, dim=dim)
        with ExitStack() as undo:
            shared = undo.enter_context(MachineCopy(database_url)) if database_url else None
            lock = WorkspaceLock(workspace)
            undo.callback(lock.release)
            try:
                if not beside:
                    lock.acquire()
                    carry_over(workspace)
                refuse_gone(workspace)
                require(workspace, stamp)
                database = Database(workspace / LEDGER_NAME)
                users = shared.shared if shared else UserFile(workspace / USERS_NAME)
            except OSError as error:
                raise unwritable(workspace, error) from error
            vectors = VectorStore(
                workspace / "vectors",
                model_id=model_id,
                dim=dim,
                server=chroma_url,
                ours=lambda: lock.is_held,
            )
            assets = open_pictures(
                workspace, pictures, database, writes=lambda: lock.is_held, shared=shared
            )
            index = cls(
                workspace,
                lock,
                database,
                vectors,
                assets,
                users=users,
                chunker_version=chunker_version,
                chroma_url=chroma_url,
                shared=shared,
            )
            undo.pop_all()
        try:
            index._join(stamp)
        except BaseException:
            index.close()
            raise
        return index

    def _join(self, stamp: Stamp) -> None:
        """Be one of the copies that share the database, where this process writes it."""
        self._stamp = stamp
        if self._shared is not None and self.writes_here:
            with UserFile(self.workspace / USERS_NAME) as users:
                move_in(users, self._users)
            copied = CopiedFiles(self.workspace, is_elsewhere=self.assets.is_elsewhere)
            self._shared.join(self, self._database, copied, asdict(stamp))

    def close(self) -> None:
        for space in self._spaces:
            space.close()
        self._vectors.close()
        self.cells.close()
        self._stemmer.close()
        self._database.close()
        self._users.close()
        self.servers.close()
        if self._shared is not None:
            self._shared.close()
        self._lock.release()

    @property
    def is_owned(self) -> bool:
        """Whether this process owns the workspace: it alone reads documents in."""
        return self.writes_here and (self._shared is None or self._shared.owns)

    @property
    def writes_here(self) -> bool:
        """Whether this process writes what lies in the folder: as the owner, or as its copy."""
        return self._lock.is_held

    @property
    def follows(self) -> bool:
        """Whether documents are read in on another machine, and come from there."""
        return self._shared is not None and not self.is_owned

    def take_over(self) -> bool:
        """Own the workspace from now on, if nobody else does; tell whether this process does.

        Of a database that machines share, the process that writes here takes it over.
        """
        if not self.is_owned:
            self.assets.look_again()
        if not self._lock.is_held:
            with suppress(WorkspaceBusyError):
                self._lock.acquire()
                with suppress(WorkspaceError):  # as in `check`: what can't be read is mended there
                    self._committer.settle()
        self._keep_daily()
        if self._lock.is_held and self._shared is not None:
            self._join(self._stamp)
            return self._shared.own()
        return self.is_owned

    def _keep_daily(self) -> None:
        """Copy what people wrote, once a day. Of a shared database its own tools do."""
        if self._lock.is_held and self._shared is None:
            self._daily.keep()

    def share(self) -> bool:
        """Send other machines what changed, or take in what changed there; tell whether any did."""
        return self._shared is not None and self.writes_here and self._shared.share()

    def announce(self, *, url: str, token: str) -> None:
        """Tell other processes where this one answers for the workspace."""
        self._lock.announce(url=url, token=token)

    def space(self, kind: type[Space], *, model_id: str, dim: int) -> Space:
        """Return the space of a further model, of texts or of pictures."""
        made = kind(
            self.workspace,
            self._database,
            model_id=model_id,
            dim=dim,
            chroma_url=self._chroma_url,
            ours=lambda: self.writes_here,
        )
        self._spaces.append(made)
        return made

    # What is there

    @contextmanager
    def open_table(self, doc_id: str, header: str) -> Iterator[LongTable | None]:
        """Lend a document's table with this header row; None where there is none."""
        self._keep_missing(doc_id)
        with self.tables.headed(doc_id, header) as table:
            yield table

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int
    ) -> tuple[int, list[tuple[str, ...]]]:
        """Return how many rows the table of an element with this text has, and some of them.

        Those are `count` from `first` (from 0) on. 0 and none where no such table is kept.
        """
        self._keep_missing(doc_id)
        with self.tables.opened(doc_id, text) as table:
            if table is None:
                return 0, []
            return table.rows.height, list(table.rows.page(first, count).values())

    def row_of(self, doc_id: str, text: str, cells: Sequence[str]) -> int | None:
        """Return the number (from 0) of the first row of such a table with these very cells."""
        with self.tables.opened(doc_id, text) as table:
            return None if table is None else table.rows.find(cells)

    def _keep_missing(self, doc_id: str) -> None:
        """Keep the tables of a document whose file of them is damaged or gone."""
        document = None if self.tables.has(doc_id) else self.document(doc_id)
        if document is not None:
            self.tables.keep(document)

    def seen_by(self, *, owner: str, collections: tuple[str, ...] | None) -> SeenIndex:
        """Return the workspace as a person sees it: their collections and conversations."""
        return SeenIndex(self, self._database, self._users, owner=owner, collections=collections)

    @property
    def root(self) -> Path | None:
        """The folder that sources are relative to; None before the first ingest."""
        root = self._database.fact("root")
        return None if root is None else self.workspace.resolve() / root

    @property
    def roots(self) -> Roots:
        """Where the files lie that sources stand for."""
        return Roots(own=self.root, beside=self.source_folders.all())

    def set_root(self, root: Path) -> None:
        """Note the folder of the documents; what lies in the workspace itself moves with it."""
        here = self.workspace.resolve()
        kept = root.relative_to(here) if root.is_relative_to(here) else root
        self._database.set_fact("root", str(kept))

    # Writing

    def prepare(self) -> None:
        """Let load, on any thread, what the first document of many waits for as it is stored."""
        self._vectors.prepare()

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Mapping[str, NDArray[np.float32]],
        *,
        files: Sequence[FileRecord] = (),
    ) -> None:
        """Store a document in place of what its files stood for, all of it or nothing.

        What each must be, `DocumentToStore` says. Raises ValueError where a chunk has no vector.
        """
        entry = DocumentToStore(document=document, chunks=chunks, vectors=vectors, files=files)
        (error,) = self.put_all([entry])
        if error is not None:
            raise error

    def put_all(self, entries: Sequence[DocumentToStore]) -> list[Exception | None]:
        """As `put` for each of several documents, at the price of about one.

        Return for each the bug that kept it, alone, from being stored; None where it is stored.
        Raises RemoteError, and stores none, where their pictures can't be sent to their address.
        """
        self.assets.keep(image for entry in entries for image in entry.images)
        return self._put_all(entries)

    def _put_all(self, entries: Sequence[DocumentToStore]) -> list[Exception | None]:
        for entry in entries:
            self.tables.keep(entry.document)
        return self._committer.put(entries)

    def take_in(self, entries: Sequence[DocumentToStore]) -> None:
        """As `put_all`, of what another machine read: it has sent the pictures. Raise a bug."""
        for error in self._put_all(entries):
            if error is not None:
                raise error

    def fail(self, *records: FileRecord) -> None:
        """Note that files can't be read; what they stood for before is gone."""
        self._committer.point([record.failed() for record in records])

    def add_sources(self, records: Sequence[FileRecord]) -> None:
        """Note files with the bytes of stored documents: at once, they may exchange contents."""
        self._committer.point([record.ready(record.doc_id) for record in records])

    def put_contexts(self, doc_id: str, renamed: Callable[[str], str]) -> None:
        """Replace the contexts of a document's chunks where words look for them; vectors stay."""
        with self._database.write() as db:
            catalog.put_contexts(db, doc_id, renamed)

    def remove_sources(self, sources: Sequence[str]) -> None:
        """Forget files, and their documents when no other file has the same bytes."""
        self._committer.point(gone=sources)

    def sweep(self, gone: Collection[str]) -> None:
        """Delete the pictures `gone` from documents, as far as nothing else shows them."""
        self.tidy.sweep(gone=gone)

    def sweep_shared(self) -> None:
        """Delete pictures at an address that several machines share, once no other shows them."""
        if self._shared is not None and self.assets.address:
            self.tidy.sweep()

    def move_files(
        self, moved: Mapping[str, str], *, folder: tuple[str, str] | None = None
    ) -> None:
        """Note that files lie elsewhere now: sources by the former ones.

        `folder` is one (`a/`) that has another name as a whole: scopes of conversations follow it.
        """
        with self._database.write() as db:
            rows = [(new, old) for old, new in moved.items()]
            db.executemany("UPDATE OR REPLACE files SET source = ? WHERE source = ?", rows)
        self.left_out.move(moved)
        if folder is not None:
            self.conversations.rename_folder(*folder)

    def version(self, *, collections: scope.Collections = None) -> str:
        """As `WorkspaceReading.version`; who sees all is told of what is left out, too."""
        version = super().version(collections=collections)
        return (
            version
            if collections is not None
            else f"{version} {crc32(repr(sorted(self.left_out.sources())).encode())}"
        )

    # Care

    def check(self, *, progress: Progress = NO_PROGRESS) -> list[Finding]:
        """Say what is wrong with the workspace; an empty list means that all is well.

        What `progress` raises ends it, also amid the database.
        """
        with suppress(WorkspaceError):  # vectors that can't be read are a finding below
            self._committer.settle()
        found = []
        # of a shared database its own tools tell
        if self._shared is None and not are_users_whole(self.workspace / USERS_NAME):
            problem = (
                "What people wrote is damaged. The repair keeps what can be read, and takes the"
                " rest from the copy of a day."
            )
            found.append(Finding(kind="damaged", problem=problem, count=1))
        found += health.check(self._database, self._vectors, progress=progress)
        is_damaged = any(finding.kind == "damaged" for finding in found)
        return found if is_damaged else [*found, *self.tidy.check()]

    def repair(self, embed: Embed, *, progress: Progress = NO_PROGRESS) -> int:
        """Make vectors from the database where they are lost; return how many were made.

        What takes room for nothing is deleted. Ended early, by what `progress` raises or a crash,
        it goes on from there the next time.
        """
        made = health.repair(self._database, self._vectors, embed, progress=progress)
        self.tidy.repair()
        self.compact()
        return made

    def compact(self) -> None:
        """Give the disk space of what was deleted back, where that is worth the writing."""
        self._committer.compact()

    @property
    def vectors_lost(self) -> bool:
        """Whether chunks are stored but no vectors, or a repair of vectors was cut off."""
        return health.vectors_lost(self._database, self._vectors)
