"""Rows of what people wrote in transactions: in a file of SQLite, or a PostgreSQL of many machines.

SQL that goes through here is what both understand: `?` and `:name` stand for values, truth is TRUE
or FALSE, a conflict names its columns. Knows nothing of what the rows mean.
"""

from __future__ import annotations

import re
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from rag.closing import Closing
from rag.errors import IndexMismatchError, WorkspaceError
from rag.storage.database import user_schema
from rag.storage.database.database import prepare, sqlite_errors, upsert

USERS_NAME: Final = "users.sqlite"
"""The file in a workspace."""

Values = Sequence[object] | Mapping[str, object]
"""Of a statement: by place, or by name."""

_PLACE: Final = re.compile(r"'[^']*'|\?|(?<!:):([a-z]\w*)")


@lru_cache(maxsize=512)
def _for_postgres(query: str) -> str:
    def place(found: re.Match[str]) -> str:
        return "%s" if found[0] == "?" else f"%({found[1]})s" if found[1] else found[0]

    return _PLACE.sub(place, query.replace("%", "%%"))


class Transaction:
    """A connection amid a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(self, query: str, values: Values = (), /) -> CursorResult[*tuple[Any, ...]]:
        given = values if isinstance(values, Mapping) else tuple(values)
        return self.connection.exec_driver_sql(self._written(query), given)

    def executemany(self, query: str, rows: Iterable[tuple[object, ...]], /) -> None:
        if given := list(rows):
            self.connection.exec_driver_sql(self._written(query), given)

    def _written(self, query: str) -> str:
        is_shared = self.connection.dialect.name == "postgresql"
        return _for_postgres(query) if is_shared else query

    def value(self, query: str, values: Values = (), /) -> Any:  # noqa: ANN401 - of any type
        """Return the first value of the first row that a statement finds; None: it finds none."""
        row = self.execute(query, values).fetchone()
        return None if row is None else row[0]

    def fact(self, name: str) -> str | None:
        """Return what was noted under a name."""
        found: str | None = self.value("SELECT value FROM facts WHERE name = ?", (name,))
        return found

    def set_fact(self, name: str, value: str) -> None:
        """Note a value under a name."""
        self.put("facts", "name", name=name, value=value)

    def put(self, table: str, key: str, /, **values: object) -> None:
        """Add a row, or give the one of the same key these values."""
        self.execute(upsert(table, values, key=key), values)


class UserDatabase(Closing):
    """Keeps rows. Any thread may read or write. Ended by `close`."""

    BEGIN_READING: tuple[str, ...] = ("BEGIN",)
    BEGIN_WRITING: tuple[str, ...] = ("BEGIN IMMEDIATE",)

    def __init__(self, name: str, engine: Engine) -> None:
        """`name` is what it is called where something is wrong with it."""
        self.name = name
        self._engine = engine
        self._writing = threading.Lock()
        self._is_closed = False

    @abstractmethod
    def errors(self) -> AbstractContextManager[None]:
        """Turn the errors that a person can do something about into words; others are bugs."""

    def close(self) -> None:
        """Close every connection; afterwards the database can't be used."""
        self._is_closed = True
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Lend a connection that sees one consistent state until the block ends."""
        with self.connected() as connection, begun(connection, self.BEGIN_READING) as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Lend a connection: all of the block is stored, or nothing; one writes at a time."""
        with (
            self._writing,
            self.connected() as connection,
            begun(connection, self.BEGIN_WRITING) as db,
        ):
            yield db

    def query(self, query: str, values: Values = ()) -> Sequence[Any]:
        """Return the rows that a statement finds, in a transaction of its own."""
        with self.read() as db:
            return db.execute(query, values).fetchall()

    def change(self, query: str, values: Values = ()) -> int:
        """Let a statement write, in a transaction of its own; return how many rows it wrote."""
        with self.write() as db:
            return db.execute(query, values).rowcount

    def put(self, table: str, key: str, /, **values: object) -> None:
        """As `Transaction.put`, in a transaction of its own."""
        with self.write() as db:
            db.put(table, key, **values)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        if self._is_closed:
            raise WorkspaceError(f"{self.name} is closed.")
        with self.errors(), self._engine.connect() as connection:
            yield connection

    def _make_tables(self, db: Transaction, number: int | None) -> None:
        """Make what lacks. `number` is the version that is there; None where nothing is."""
        if (number or 0) > user_schema.VERSION:
            raise IndexMismatchError(
                f"{self.name} was made by a newer Pagelight.",
                hint="Update this one: all servers must be of one version.",
            )
        user_schema.metadata.create_all(db.connection)
        db.execute("DELETE FROM version")
        db.execute("INSERT INTO version VALUES (?)", (user_schema.VERSION,))


class UserFile(UserDatabase):
    """A file of SQLite, made where there is none.

    Any call raises DamagedError where it is not as it was written, WorkspaceError where it can't
    be read or written. Raises IndexMismatchError for the tables of a newer version.
    """

    def __init__(self, path: Path) -> None:
        engine = create_engine(
            f"sqlite:///{path}", isolation_level="AUTOCOMMIT", connect_args={"timeout": 30}
        )
        event.listen(engine, "connect", lambda connection, _: prepare(connection))
        super().__init__(f"The file {path}", engine)
        self._path = path
        try:
            if self._version() != user_schema.VERSION:
                with self.write() as db:
                    self._make_tables(db, self._version())
        except BaseException:
            self.close()
            raise

    def errors(self) -> AbstractContextManager[None]:
        return sqlite_errors(self._path, "users")

    def _version(self) -> int | None:
        with self.read() as db:
            known = db.value("SELECT 1 FROM sqlite_schema WHERE name = 'version'")
            found: int | None = db.value("SELECT number FROM version") if known else None
        return found


class UserStore:
    """Rows of one kind of a database. `now` is in seconds since 1970. Safe for several threads."""

    def __init__(self, database: UserDatabase, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now


@contextmanager
def begun(connection: Connection, statements: Iterable[str]) -> Iterator[Transaction]:
    """Lend a transaction that these statements begin: all of the block is stored, or nothing."""
    for statement in statements:
        connection.exec_driver_sql(statement)
    try:
        yield Transaction(connection)
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        with suppress(SQLAlchemyError):
            connection.exec_driver_sql("ROLLBACK")
        raise
