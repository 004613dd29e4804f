"""A process among those that share a database: a lasting connection, and what it stands for.

While the connection lasts it holds advisory locks: one says that a server runs, one that it owns
what all share. They go with the process, and with the machine. Knows locks; knows nothing of what
is owned.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from rag.errors import DatabaseError, WorkspaceBusyError
from rag.storage.database.postgres import PostgresDatabase
from rag.storage.database.user_database import Transaction, committing

OWNER_KEY: Final = 7_305_804_402_567
"""Of the advisory lock of who owns what all share."""

GRACE_S: Final = 5.0
"""A database that was away is so long left to who owned it before: it takes up its work again."""

OTHERS: Final = "Another server owns by now what all share."

_TRY: Final = "SELECT pg_try_advisory_lock(%s)"
_HELD: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid::bigint << 32 | objid::bigint = ?"
)


class Presence:
    """Begun by the first call, ended by `close`. Any thread may call; each call may wait its turn.

    `is_owner`: this process took what all share, and has not learnt that it lost it. Whoever
    acts on it does so within `fenced`, which nobody enters who has lost it.
    """

    def __init__(
        self, database: PostgresDatabase, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`now` is a clock in seconds."""
        self._database = database
        self._now = now
        self._turn = threading.RLock()
        self._connection: Connection | None = None
        self._server = ""
        self._was_away = False
        self._since_s = 0.0
        self.is_owner = False

    def be_server(self, server: str) -> None:
        """Be the server of this id (16 hexadecimal digits) until `close`. Raises DatabaseError."""
        with self._turn, self._database.errors():
            self._server = server
            if self._connection is not None:
                self._locked(_key_of(server))
            self.beat()

    def runs(self, server: str) -> bool:
        """Tell whether a server runs, on whatever machine."""
        return bool(self._database.query(_HELD, (_key_of(server),)))

    def beat(self) -> None:
        """See that the connection lasts, or begin it anew. Raises DatabaseError.

        Who was the owner is it again, unless another took it meanwhile.
        """
        with self._turn, self._database.errors():
            try:
                self._lasting().exec_driver_sql("SELECT 1")
            except OperationalError:
                self._drop()
                self._lasting()

    def own(self) -> bool:
        """Take what all share, if nobody has it; tell whether this process has. Raises as `beat`.

        After the database was away, who did not own it before waits for `GRACE_S`.
        """
        with self._turn:
            self.beat()
            is_early = self._was_away and self._now() - self._since_s < GRACE_S
            if not self.is_owner and not is_early:
                self.is_owner = self._locked(OWNER_KEY)
            return self.is_owner

    @contextmanager
    def fenced(self) -> Iterator[Transaction]:
        """Lend a transaction that is stored only while this process owns what all share.

        It is on the connection whose lock says so. Raises WorkspaceBusyError where that is gone,
        and as `beat`.
        """
        with self._turn, self._database.errors():
            self.beat()
            connection = self._connection
            if connection is None or not self.is_owner:
                raise WorkspaceBusyError(OTHERS)
            try:
                connection.exec_driver_sql("BEGIN")
                with committing(connection):
                    yield Transaction(connection)
            except OperationalError:
                self._drop()
                raise

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:  # else others learn it only when the server does
                with suppress(DBAPIError):
                    self._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
            self._drop()
            self._server, self.is_owner = "", False

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection, self._was_away = None, True

    def _lasting(self) -> Connection:
        if self._connection is None:
            try:
                self._connection = self._database.connect()
            except DatabaseError:
                self._was_away = True
                raise
            self._since_s = self._now()
            if self._server:
                self._locked(_key_of(self._server))
            if self.is_owner:
                self.is_owner = self._locked(OWNER_KEY)
        return self._connection

    def _locked(self, key: int) -> bool:
        if self._connection is None:
            return False
        return bool(self._connection.exec_driver_sql(_TRY, (key,)).scalar())


def _key_of(server: str) -> int:
    """Return a positive number of 63 bits, as keys of advisory locks are."""
    return int(server, 16) >> 1
