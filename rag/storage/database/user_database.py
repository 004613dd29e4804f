"""Rows of what people wrote in transactions: in a file of SQLite, or a PostgreSQL of many machines.

SQL that goes through here is what both understand: `?` and `:name` stand for values, truth is TRUE
or FALSE, a conflict names its columns. Knows nothing of what the rows mean.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Engine, TextClause, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from rag.closing import Closing
from rag.errors import IndexMismatchError, WorkspaceError
from rag.storage.database import user_schema
from rag.storage.database.soundness import sqlite_errors

USERS_NAME: Final = "users.sqlite"
"""The file in a workspace."""

Values = Sequence[object] | Mapping[str, object]
"""Of a statement: by place, or by name."""

_PLACE: Final = re.compile(r"'[^']*'|(\?)")


@lru_cache(maxsize=512)
def _statement(query: str) -> tuple[TextClause, tuple[str, ...]]:
    """Return a statement whose values all have names, and the names of those that had none."""
    names: list[str] = []

    def named(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        names.append(f"value{len(names)}")
        return f":{names[-1]}"

    return text(_PLACE.sub(named, query)), tuple(names)


class FoundRows(Protocol):
    """What a statement found or did."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def fetchone(self) -> Any: ...  # noqa: ANN401 - a tuple of what was asked for, or None
    def fetchall(self) -> Sequence[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Transaction:
    """A connection amid a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(self, query: str, values: Values = (), /) -> FoundRows:
        statement, names = _statement(query)
        named = values if isinstance(values, Mapping) else dict(zip(names, values, strict=True))
        return self.connection.execute(statement, named)

    def executemany(self, query: str, rows: Iterable[Sequence[object]], /) -> None:
        statement, names = _statement(query)
        if named := [dict(zip(names, row, strict=True)) for row in rows]:
            self.connection.execute(statement, named)

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
        self.execute(
            "INSERT INTO facts VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )


class UserDatabase(Closing):
    """Keeps rows. Any thread may read or write. Ended by `close`."""

    name: str
    """What it is called where something is wrong with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_closed = False

    @abstractmethod
    def errors(self) -> AbstractContextManager[None]:
        """Turn the errors that a person can do something about into words; others are bugs."""

    @abstractmethod
    def _begin_reading(self, connection: Connection) -> None: ...
    @abstractmethod
    def _begin_writing(self, connection: Connection) -> None: ...

    def _turn(self) -> AbstractContextManager[object]:
        """Held by who writes, where not the database itself lets one write at a time."""
        return nullcontext()

    def close(self) -> None:
        """Close every connection; afterwards the database can't be used."""
        self._is_closed = True
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Lend a connection that sees one consistent state until the block ends."""
        with self.connected() as connection:
            self._begin_reading(connection)
            with committing(connection):
                yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Lend a connection: all of the block is stored, or nothing; one writes at a time."""
        with self._turn(), self.connected() as connection:
            self._begin_writing(connection)
            with committing(connection):
                yield Transaction(connection)

    def query(self, query: str, values: Values = ()) -> Sequence[Any]:
        """Return the rows that a statement finds, in a transaction of its own."""
        with self.read() as db:
            return db.execute(query, values).fetchall()

    def change(self, query: str, values: Values = ()) -> int:
        """Let a statement write, in a transaction of its own; return how many rows it wrote."""
        with self.write() as db:
            return db.execute(query, values).rowcount

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        if self._is_closed:
            raise WorkspaceError(f"{self.name} is closed.")
        with self.errors(), self._engine.connect() as connection:
            yield connection

    def _make_tables(self, number: int | None, db: Transaction) -> None:
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
        event.listen(engine, "connect", _prepare)
        super().__init__(engine)
        self.name = f"The file {path}"
        self._path = path
        self._writing = threading.Lock()
        try:
            if self._version() != user_schema.VERSION:
                with self.write() as db:
                    self._make_tables(self._version(), db)
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

    def _turn(self) -> AbstractContextManager[object]:
        return self._writing

    def _begin_reading(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    def _begin_writing(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def committing(connection: Connection) -> Iterator[None]:
    """Store what was done in the block, or nothing of it."""
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        with suppress(SQLAlchemyError):
            connection.exec_driver_sql("ROLLBACK")
        raise
