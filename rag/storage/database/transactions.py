"""What keeps rows in transactions: a file of SQLite, or a PostgreSQL that several machines share.

SQL that goes through here is what both understand: `?` and `:name` stand for values, truth is TRUE
or FALSE, a conflict names its columns. What differs all the same, `rag.storage.database` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Sequence[object] | Mapping[str, object]
"""Of a statement: by place, or by name."""


class FoundRows(Protocol):
    """What a statement found or did."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def fetchone(self) -> Any: ...  # noqa: ANN401 - a tuple of what was asked for, or None
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Transaction(Protocol):
    """A connection amid a transaction."""

    def execute(self, query: str, values: Values = (), /) -> FoundRows: ...
    def executemany(self, query: str, rows: Iterable[Sequence[object]], /) -> object: ...


class Transactions(Protocol):
    """Keeps rows. Any thread may read or write."""

    def read(self) -> AbstractContextManager[Transaction]:
        """Lend a connection that sees one consistent state until the block ends."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """Lend a connection: all of the block is stored, or nothing; one writes at a time."""
        ...
