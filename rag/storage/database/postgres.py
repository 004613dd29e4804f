"""A PostgreSQL as a keeper of rows: connections, transactions, its errors in words for people.

Implements `database.transactions.Transactions`. A connection that broke is left, and the
next transaction takes a new one: a server that was away is used again by itself. Knows nothing of
what the rows mean.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from rag.closing import Closing
from rag.errors import DatabaseError, IndexMismatchError
from rag.storage.database.address import DatabaseAddress, driver
from rag.storage.database.dialect import storable_values, translated
from rag.storage.database.schema import NAME, SCRIPTS
from rag.storage.database.transactions import FoundRows, Values

WRITING_KEY: Final = 7_305_804_402_566
"""Of the advisory lock that writers take in turn, as those of a file of SQLite do."""

_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE: Final = "BEGIN"
_TURN: Final = f"SELECT pg_advisory_xact_lock({WRITING_KEY})"

Connection = Any
"""Of psycopg, which is imported where there is such a database."""


class PostgresTransaction:
    """One connection amid a transaction; takes the SQL that `transactions` tells."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, query: str, values: Values = (), /) -> FoundRows:
        rows: FoundRows = self._connection.execute(translated(query), storable_values(values))
        return rows

    def executemany(self, query: str, rows: Iterable[Sequence[object]], /) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(translated(query), [storable_values(values) for values in rows])


class PostgresDatabase(Closing):
    """The connections to one database. Made by `PostgresDatabase(url)`, ended by `close`.

    Its tables are made by the first who comes. Raises SettingsError for what is no address,
    DatabaseError where nothing answers there, IndexMismatchError for tables of a newer version.
    """

    def __init__(self, url: str) -> None:
        self.address = DatabaseAddress(url)
        self._pooling = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False
        try:
            self.is_new = self._make_tables()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection; afterwards the database can't be used."""
        with self._pooling:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def read(self) -> Iterator[PostgresTransaction]:
        """Lend a connection that sees one consistent state until the block ends."""
        with self._lent(_READ) as connection:
            yield PostgresTransaction(connection)

    @contextmanager
    def write(self) -> Iterator[PostgresTransaction]:
        """Lend a connection: all of the block is stored, or nothing of it."""
        with self._lent(_WRITE) as connection:
            connection.execute(_TURN)
            yield PostgresTransaction(connection)

    def connect(self) -> Connection:
        """Return a new connection of one's own. Raises DatabaseError."""
        with self.errors():
            return driver().connect(**self.address.parameters, autocommit=True)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn the errors that a person can do something about into words; others are bugs."""
        psycopg = driver()
        try:
            yield
        except (
            psycopg.OperationalError,
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.ReadOnlySqlTransaction,
        ) as error:
            raise DatabaseError(
                f"The database {self.address} can't be used: {self.address.reason(error)}.",
                hint="Check that PostgreSQL runs, and RAG_DATABASE_URL; it is tried again then.",
            ) from None  # the driver's own words may tell more than people are to see

    @contextmanager
    def _lent(self, begin: str) -> Iterator[Connection]:
        with self.errors():
            connection = self._begun(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(driver().Error):
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._give_back(connection)

    def _begun(self, begin: str) -> Connection:
        """Return a connection whose transaction has begun: a kept one, or else a new one."""
        while (connection := self._kept()) is not None:
            try:
                connection.execute(begin)
            except driver().OperationalError:  # the server went away meanwhile, and with it this
                connection.close()
            else:
                return connection
        connection = self.connect()
        connection.execute(begin)
        return connection

    def _kept(self) -> Connection | None:
        with self._pooling:
            if self._closed:
                raise DatabaseError(f"The database {self.address} is closed.")
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: Connection) -> None:
        is_idle = connection.info.transaction_status == driver().pq.TransactionStatus.IDLE
        with self._pooling:
            if is_idle and not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _make_tables(self) -> bool:
        """Make what lacks; tell whether there was nothing."""
        with self._lent(_WRITE) as connection:
            connection.execute(_TURN)
            if connection.execute(f"SELECT to_regnamespace('{NAME}')").fetchone() == (None,):
                connection.execute(f"CREATE SCHEMA {NAME}")
            connection.execute("CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)")
            row = connection.execute("SELECT number FROM version").fetchone()
            version = row[0] if row else 0
            if version > len(SCRIPTS):
                raise IndexMismatchError(
                    f"The database {self.address} was made by a newer Pagelight.",
                    hint="Update this one: all servers must be of one version.",
                )
            for script in SCRIPTS[version:]:
                connection.execute(script)
            connection.execute("DELETE FROM version")
            connection.execute(f"INSERT INTO version VALUES ({len(SCRIPTS)})")
        return version == 0
