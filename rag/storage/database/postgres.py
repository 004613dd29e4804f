"""A PostgreSQL that several machines share, and a process among those that do.

A connection that broke is left, and the next transaction takes a new one: a server that was away
is used again by itself. A lasting connection holds advisory locks, which go with the process and
the machine: one says that a server runs, one that it owns what all share.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from rag.errors import DatabaseError, SettingsError, WorkspaceBusyError
from rag.storage.database import user_schema
from rag.storage.database.user_database import Transaction, UserDatabase, begun

SCHEMA_NAME: Final = "pagelight"
"""The schema that all lies in."""

WRITING_KEY: Final = 7_305_804_402_566
"""Of the advisory lock that writers take in turn, as those of a file of SQLite do."""

_SCHEMES: Final = frozenset({"postgresql", "postgres"})
_SESSION: Final[Mapping[str, Any]] = {
    "application_name": "pagelight",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
"""How a connection is kept, unless the address says otherwise: a dead server is soon known."""

_OPTIONS: Final = (
    f"-c search_path={SCHEMA_NAME} -c lock_timeout=30s"
    " -c idle_in_transaction_session_timeout=60s"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
"""What the server is told: a machine that is gone holds no lock for longer than 11 s."""

_CHECK: Final = "Write RAG_DATABASE_URL as postgresql://NAME:PASSWORD@HOST:5432/DATABASE."

_FORMER: Final = (
    "DROP TRIGGER IF EXISTS conversations_changed ON conversations",
    "DROP TRIGGER IF EXISTS wishes_follow_conversations ON conversations",
    "DROP FUNCTION IF EXISTS conversation_changed",
    "DROP FUNCTION IF EXISTS conversation_gone",
)
"""What a database of a former version has and ours has not."""


def driver() -> ModuleType:
    """Return psycopg. Raises SettingsError where it is not installed."""
    try:
        import psycopg  # noqa: PLC0415 - only where a database is shared
    except ImportError as error:
        raise SettingsError(
            "RAG_DATABASE_URL needs the package psycopg.",
            hint="pip install 'pagelight[postgres]'",
        ) from error
    return psycopg


class DatabaseAddress:
    """Where a database is, and how it is reached. Its text holds no password."""

    def __init__(self, url: str) -> None:
        """Raises SettingsError for what is no address; it is not shown, for its password."""
        if urlsplit(url).scheme not in _SCHEMES:
            raise SettingsError("RAG_DATABASE_URL is no address of a PostgreSQL.", hint=_CHECK)
        try:
            given: dict[str, Any] = driver().conninfo.conninfo_to_dict(url)
        except driver().Error:
            raise SettingsError("RAG_DATABASE_URL can't be read.", hint=_CHECK) from None
        self._secret = str(given.get("password") or "")
        options = f"{_OPTIONS} {given.pop('options', '')}".strip()
        self.parameters: Mapping[str, Any] = {**_SESSION, **given, "options": options}

    def __str__(self) -> str:
        shown = {"host": "localhost", "port": 5432, **self.parameters}
        return f"{shown['host']}:{shown['port']}/{shown.get('dbname', '')}"

    def reason(self, error: BaseException) -> str:
        """Return what a driver's error says, in one line, without the password."""
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[0] if lines else type(error).__name__
        reason = reason.rpartition(" failed: ")[2].removeprefix("FATAL: ").strip()
        reason = reason.removesuffix(".")
        return reason.replace(self._secret, "…") if self._secret else reason


class PostgresDatabase(UserDatabase):
    """Made by `PostgresDatabase(url)`; its tables are made by the first who comes.

    Raises SettingsError for what is no address, DatabaseError where nothing answers there,
    IndexMismatchError for tables of a newer version.
    """

    BEGIN_READING = ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)
    BEGIN_WRITING = ("BEGIN", f"SELECT pg_advisory_xact_lock({WRITING_KEY})")

    def __init__(self, url: str) -> None:
        self.address = DatabaseAddress(url)
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: driver().connect(**self.address.parameters),
            isolation_level="AUTOCOMMIT",
            pool_pre_ping=True,
            max_overflow=-1,
        )
        super().__init__(f"The database {self.address}", engine)
        try:
            with self.write() as db:
                run = db.connection.exec_driver_sql
                if run("SELECT to_regnamespace(%s)", (SCHEMA_NAME,)).scalar() is None:
                    run(f"CREATE SCHEMA {SCHEMA_NAME}")
                is_new = run("SELECT to_regclass('version')").scalar() is None
                self._make_tables(db, None if is_new else db.value("SELECT number FROM version"))
                user_schema.index_metadata.create_all(db.connection)
                for statement in _FORMER:
                    run(statement)
        except BaseException:
            self.close()
            raise

    def connect(self) -> Connection:
        """Return a new connection of one's own. Raises DatabaseError."""
        with self.errors():
            connection = self._engine.connect()
            connection.detach()
            return connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        psycopg = driver()
        try:
            yield
        except (DBAPIError, psycopg.Error) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            if not isinstance(
                reason,
                psycopg.OperationalError
                | psycopg.errors.InsufficientPrivilege
                | psycopg.errors.ReadOnlySqlTransaction,
            ):
                raise
            raise DatabaseError(
                f"{self.name} can't be used: {self.address.reason(reason)}.",
                hint="Check that PostgreSQL runs, and RAG_DATABASE_URL; it is tried again then.",
            ) from None  # the driver's own words may tell more than people are to see


OWNER_KEY: Final = 7_305_804_402_567
"""Of the advisory lock of who owns what all share."""

GRACE_S: Final = 5.0
"""A database that was away is so long left to who owned it before: it takes up its work again."""

OTHERS: Final = "Another server owns by now what all share."

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
                _locked(self._connection, _key_of(server))
            self.beat()

    def runs(self, server: str) -> bool:
        """Tell whether a server runs, on whatever machine."""
        return bool(self._database.query(_HELD, (_key_of(server),)))

    def beat(self) -> Connection:
        """Return the lasting connection, begun anew where it broke. Raises DatabaseError."""
        with self._turn, self._database.errors():
            try:
                self._lasting().exec_driver_sql("SELECT 1")
            except OperationalError:
                self._drop()
            return self._lasting()

    def own(self) -> bool:
        """Take what all share, if it is free for this process; tell whether it has it."""
        with self._turn:
            connection = self.beat()
            is_early = self._was_away and self._now() - self._since_s < GRACE_S
            if not self.is_owner and not is_early:
                self.is_owner = _locked(connection, OWNER_KEY)
            return self.is_owner

    @contextmanager
    def fenced(self) -> Iterator[Transaction]:
        """Lend a transaction that is stored only while this process owns what all share.

        It is on the connection whose lock says so. Raises WorkspaceBusyError where that is gone,
        and as `beat`.
        """
        with self._turn, self._database.errors():
            connection = self.beat()
            if not self.is_owner:
                raise WorkspaceBusyError(OTHERS)
            try:
                with begun(connection, ("BEGIN",)) as db:
                    yield db
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
                _locked(self._connection, _key_of(self._server))
            if self.is_owner:
                self.is_owner = _locked(self._connection, OWNER_KEY)
        return self._connection


def _locked(connection: Connection, key: int) -> bool:
    return bool(connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (key,)).scalar())


def _key_of(server: str) -> int:
    return int(server, 16) >> 1
