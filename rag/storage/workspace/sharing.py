"""A workspace as one machine's part of what several share: the database, and the copy of the index.

Puts the parts of `storage.database` and `storage.replication` together. Knows nothing of searching.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.closing import Closing
from rag.errors import SettingsError, WorkspaceError
from rag.storage.backups.former import move_in
from rag.storage.database.database import Database
from rag.storage.database.postgres import PostgresDatabase
from rag.storage.database.presence import Presence
from rag.storage.database.user_database import UserFile
from rag.storage.replication.copied_files import CopiedFiles
from rag.storage.replication.feed import Feed
from rag.storage.replication.machine_copy import MachineCopy

if TYPE_CHECKING:
    from rag.storage.workspace.store import WorkspaceIndex


class Sharing(Closing):
    """Begun by `begin`, ended by `close`. Any thread may call."""

    def __init__(self, url: str, *, chroma_url: str = "") -> None:
        """Raises SettingsError for what is no address, DatabaseError where nothing answers there.

        Vectors lie on each machine: SettingsError where `chroma_url` says otherwise.
        """
        if chroma_url:
            raise SettingsError(
                "With RAG_DATABASE_URL each machine keeps its own vectors: RAG_CHROMA_URL goes"
                " without it.",
                hint="Leave one of the two away.",
            )
        self.database = PostgresDatabase(url)
        self.presence = Presence(self.database)
        self._copy: MachineCopy | None = None
        self._users: Path | None = None
        self._stamp: Mapping[str, Any] = {}

    def close(self) -> None:
        self.presence.close()
        self.database.close()

    def begin(
        self,
        index: WorkspaceIndex,
        files: CopiedFiles,
        database: Database,
        stamp: Mapping[str, Any],
        *,
        users: Path,
    ) -> None:
        """Name the workspace that becomes a copy, once it is written by this process.

        `users` is the file of what people wrote before it shared a database.
        """
        feed = Feed(self.database, self.presence)
        self._copy = MachineCopy(index, database, feed, self.presence, files)
        self._users = users
        self._stamp = stamp

    @property
    def owns(self) -> bool:
        """Whether documents are read in by this process, for all."""
        return self._copy is not None and self._copy.owns

    @property
    def all_told(self) -> bool:
        """Whether this process owns what all share, and others can know all that it changed."""
        return self._copy is not None and self._copy.all_told

    @property
    def database_id(self) -> str:
        """The id of what all share. Raises WorkspaceError before `join`."""
        if self._copy is None:
            raise WorkspaceError("This copy of the index is not open.")
        return self._copy.database_id

    def join(self) -> None:
        """Be a copy of what all share. Raises DatabaseError, and as `MachineCopy.join`."""
        if self._copy is not None and self._users is not None:
            with UserFile(self._users) as users:
                move_in(users, self.database)
            self._copy.join(self._stamp)

    def own(self) -> bool:
        """Read in documents from now on, if no other does; tell whether this process does.

        Raises as `join`.
        """
        self.join()
        return self._copy is not None and self._copy.own()

    def share(self) -> bool:
        """Send what changed here, or take in what changed elsewhere; tell whether any did."""
        return self._copy is not None and self._copy.share()
