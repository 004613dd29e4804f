"""`WorkspaceIndex`: one folder that holds what was read, found by words, vectors and pictures.

Puts database, vectors, stamp, lock and pictures together; how they are read, written and mended,
other modules know. A workspace mirrors one folder of documents. Any thread may call every method.
`SeenIndex` is the same as one person sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar
from zlib import crc32

from rag.closing import Closing
from rag.datamodel import ImageAsset
from rag.errors import SettingsError, WorkspaceBusyError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import Pixels
from rag.storage.accounts import Audit, Sessions, Usage
from rag.storage.backups.backup import DailyCopies, refuse_gone
from rag.storage.backups.salvage import carry_over, move_in
from rag.storage.conversations.personal import PersonalStores
from rag.storage.database.database import Database
from rag.storage.database.servers import Roots, ServerMarks, SharedReading, SourceFolders
from rag.storage.database.user_database import USERS_NAME, UserDatabase, UserFile
from rag.storage.database.workspace_schema import SCHEMA_VERSION
from rag.storage.documents import scope
from rag.storage.documents.records import Finding
from rag.storage.files.folder import (
    LEDGER_NAME,
    Stamp,
    WorkspaceLock,
    make_folder,
    require,
    unwritable,
)
from rag.storage.files.members import FOLDER, CellStore, MemberStore
from rag.storage.images.ocr_lines import OcrCache, Unlettered
from rag.storage.images.server import checked_address
from rag.storage.images.shared_assets import HERE, PicturePlace, open_pictures
from rag.storage.replication.feed import CopiedFiles
from rag.storage.replication.machine_copy import MachineCopy
from rag.storage.search.spaces import ModelSpace
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore
from rag.storage.vectors.chroma import checked_url
from rag.storage.vectors.chunk_vectors import Embed
from rag.storage.vectors.vectors import VectorStore
from rag.storage.workspace import care
from rag.storage.workspace.care import Tidy
from rag.storage.workspace.commit import WorkspaceWriting

Space = TypeVar("Space", bound=ModelSpace)


class WorkspaceIndex(WorkspaceWriting, PersonalStores, Closing):
    """Implements `rag.protocols.Index`. Ended by `close` or a `with` block."""

    def __init__(
        self,
        workspace: Path,
        *,
        model_id: str,
        dim: int,
        chunker_version: str,
        pictures: PicturePlace = HERE,
        chroma_url: str = "",
        database_url: str = "",
        secondary: bool = False,
    ) -> None:
        """Open or make the workspace, and own it until closed.

        `secondary`: another process owns it until `take_over`; all is read, and what the database
        alone keeps is written. Vectors lie in it or on the Chroma server at `chroma_url`. What
        people say and are told is in the database at `database_url`, if one is named: one of all
        that share this owns it, from `take_over` on.

        Raises WorkspaceBusyError when another process owns it, IndexMismatchError when it was
        built with something else, WorkspaceError when the folder can't be used, SettingsError
        when an address is none, DatabaseError when nothing answers there.
        """
        if chroma_url and checked_url(chroma_url) and database_url:
            raise SettingsError(
                "With RAG_DATABASE_URL each machine keeps its own vectors: RAG_CHROMA_URL goes"
                " without it.",
                hint="Leave one of the two away.",
            )
        if pictures.url:
            checked_address(pictures.url)
        make_folder(workspace)
        self.workspace = workspace
        self._stamp = Stamp(schema=SCHEMA_VERSION, model_id=model_id, dim=dim)
        self._chroma_url = chroma_url
        self._spaces: list[ModelSpace] = []
        self._lock = WorkspaceLock(workspace)
        self._writes = lambda: self.writes_here
        with ExitStack() as undo:
            shared = undo.enter_context(MachineCopy(database_url)) if database_url else None
            self._shared = shared
            undo.callback(self._lock.release)
            database = self._opened(secondary=secondary)
            vectors = VectorStore(
                workspace / "vectors",
                model_id=model_id,
                dim=dim,
                server=chroma_url,
                ours=self._writes,
            )
            tables = TableStore(workspace / TABLES)
            assets = open_pictures(
                workspace, pictures, database, writes=self._writes, shared=shared
            )
            WorkspaceWriting.__init__(
                self, database, vectors, tables, assets, chunker_version=chunker_version
            )
            self._make_stores(database)
            undo.callback(self.close)
            self._keep_daily()
            self._join()
            undo.pop_all()

    def _opened(self, *, secondary: bool) -> Database:
        try:
            if not secondary:
                self._lock.acquire()
                carry_over(self.workspace)
            refuse_gone(self.workspace)
            require(self.workspace, self._stamp)
            database = Database(self.workspace / LEDGER_NAME)
            shared = self._shared.shared if self._shared else None
            self._users = shared or UserFile(self.workspace / USERS_NAME)
        except OSError as error:
            raise unwritable(self.workspace, error) from error
        return database

    def _make_stores(self, database: Database) -> None:
        workspace, users = self.workspace, self._users
        self.servers = ServerMarks(workspace, self._shared.presence if self._shared else None)
        PersonalStores.__init__(self, users, self.servers)
        self.members = MemberStore(workspace / FOLDER)
        self.ocr_cache = OcrCache(database)
        self.unlettered = Unlettered(database)
        self.sessions = Sessions(users)
        self.audit = Audit(users)
        self.usage = Usage(users)
        self.reading = SharedReading(users)
        self.source_folders = SourceFolders(users)
        self.cells = CellStore(workspace)
        self.tidy = Tidy(workspace, database, self.assets, users)
        self._daily = DailyCopies(workspace)

    def _join(self) -> None:
        """Be one of the copies that share the database, where this process writes it."""
        if self._shared is not None and self.writes_here:
            with UserFile(self.workspace / USERS_NAME) as users:
                move_in(users, self._users)
            copied = CopiedFiles(self.workspace, is_elsewhere=self.assets.is_elsewhere)
            self._shared.join(self, self._database, copied, asdict(self._stamp))

    def close(self) -> None:
        for space in self._spaces:
            space.close()
        self._vectors.close()
        self.cells.close()
        self._counts.close()
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
        """Own the workspace, and what machines share, if nobody does; tell whether it is owned."""
        if not self.is_owned:
            self.assets.look_again()
        if not self._lock.is_held:
            with suppress(WorkspaceBusyError):
                self._lock.acquire()
                with suppress(WorkspaceError):  # as in `check`: what can't be read is mended there
                    self._settle()
        self._keep_daily()
        if self._lock.is_held and self._shared is not None:
            self._join()
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
            ours=self._writes,
        )
        self._spaces.append(made)
        return made

    # What is there

    def seen_by(self, *, owner: str, collections: tuple[str, ...] | None) -> SeenIndex:
        """Return the workspace as a person sees it: their collections and conversations."""
        return SeenIndex(self, self._users, owner=owner, collections=collections)

    @property
    def root(self) -> Path | None:
        """The folder that sources are relative to; None before the first ingest."""
        root = self._database.fact("root")
        return None if root is None else self.workspace.resolve() / root

    @property
    def roots(self) -> Roots:
        """Where the files lie that sources stand for."""
        return Roots(own=self.root, extra=self.source_folders.all())

    def set_root(self, root: Path) -> None:
        """Note the folder of the documents; what lies in the workspace itself moves with it."""
        here = self.workspace.resolve()
        kept = root.relative_to(here) if root.is_relative_to(here) else root
        self._database.set_fact("root", str(kept))

    def sweep_shared(self) -> None:
        """Delete pictures at an address that several machines share, once no other shows them."""
        if self._shared is not None and self.assets.address:
            self.tidy.sweep()

    def move_files(
        self, moved: Mapping[str, str], *, folder: tuple[str, str] | None = None
    ) -> None:
        """Note the new sources of files by the former ones; scopes follow a `folder` (`a/`)."""
        with self._database.write() as db:
            rows = [(new, old) for old, new in moved.items()]
            db.executemany("UPDATE OR REPLACE files SET source = ? WHERE source = ?", rows)
        self.left_out.move(moved)
        if folder is not None:
            self.conversations.rename_folder(*folder)

    def version(self, *, collections: scope.Collections = None) -> str:
        """As `WorkspaceReading.version`; who sees all is told of what is left out, too."""
        version = super().version(collections=collections)
        if collections is not None:
            return version
        return f"{version} {crc32(repr(sorted(self.left_out.sources())).encode())}"

    # Care

    def check(self, *, progress: Progress = NO_PROGRESS) -> list[Finding]:
        """Say what is wrong with the workspace; an empty list means that all is well."""
        with suppress(WorkspaceError):  # vectors that can't be read are a finding below
            self._settle()
        # of a shared database its own tools tell
        found = [] if self._shared else care.check_users(self.workspace / USERS_NAME)
        found += care.check(self._database, self._vectors, progress=progress)
        is_damaged = any(finding.kind == "damaged" for finding in found)
        return found if is_damaged else [*found, *self.tidy.check()]

    def repair(self, embed: Embed, *, progress: Progress = NO_PROGRESS) -> int:
        """Make lost vectors again, and delete what is needless; return how many were made.

        Ended early, by what `progress` raises or a crash, it goes on from there the next time.
        """
        made = care.repair(self._database, self._vectors, embed, progress=progress)
        self.tidy.repair()
        self.compact()
        return made

    @property
    def vectors_lost(self) -> bool:
        """Whether chunks are stored but no vectors, or a repair of vectors was cut off."""
        if not self._vectors.exists():
            return bool(self._database.query("SELECT 1 FROM chunks LIMIT 1"))
        return self._database.fact(care.MENDING) is not None


Seen = tuple[str, ...] | None
"""Top-level folders (`ROOT_COLLECTION`: the files beside them) that are seen; None: all."""


class SeenIndex(PersonalStores):
    """The workspace as one person sees it: their collections, and conversations that they had.

    Made by `WorkspaceIndex.seen_by`. What lies elsewhere is in no list, and no id finds it.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        users: UserDatabase,
        *,
        owner: str,
        collections: Seen,
    ) -> None:
        """`users` keeps what people said and were told."""
        sees_all = partial(index.sees_all, collections=collections)
        may_show = None if collections is None else sees_all
        super().__init__(users, index.servers, owner=owner, may_show=may_show)
        self._index = index
        self._collections = collections
        self.assets = SeenPictures(index, collections, self.conversations.asked_with)
        # As those of the index, of these collections alone.
        self.documents = partial(index.documents, collections=collections)
        self.tally = partial(index.tally, collections=collections)
        self.version = partial(index.version, collections=collections)
        self.document = partial(index.document, collections=collections)
        self.chunks = partial(index.chunks, collections=collections)

    @property
    def roots(self) -> Roots:
        return self._index.roots

    def remove_sources(self, sources: Sequence[str]) -> None:
        """Forget files. Raises PermissionError for who does not see everything."""
        if self._collections is not None:
            raise PermissionError("only who sees everything removes documents")
        self._index.remove_sources(sources)


class SeenPictures:
    """The stored pictures of what a person sees, and those that they brought themselves."""

    def __init__(
        self, index: WorkspaceIndex, collections: Seen, asked_with: Callable[[str], bool]
    ) -> None:
        self._index = index
        self._collections = collections
        self._asked_with = asked_with
        self._brought: set[str] = set()

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type; None for an id that is unknown, or hidden."""
        is_seen = self._collections is None or image_id in self._brought
        is_seen = is_seen or self._index.shows_picture(image_id, collections=self._collections)
        return self._index.assets.find(image_id) if is_seen or self._asked_with(image_id) else None

    def put(self, pixels: Pixels) -> ImageAsset:
        """Store pixels; the same pixels twice are stored once."""
        image = self._index.assets.put(pixels)
        self._brought.add(image.id)
        return image
