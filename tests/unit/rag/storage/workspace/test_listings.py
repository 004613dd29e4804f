"""The list of documents: read again only when it has changed, whoever changed it."""

import sqlite3
from contextlib import closing

import pytest

from rag.storage.database.database import Database
from rag.storage.workspace.reading import WorkspaceReading

FILE = (
    "INSERT INTO files (source, size_bytes, mtime_ns, ctime_ns, inode, sha256, state, reason,"
    " seconds, tried_with) VALUES (?, 1, 0, 0, 0, '', 'failed', '', 0, '')"
)


@pytest.fixture
def database(tmp_path):
    with closing(Database(tmp_path / "ledger.sqlite")) as database:
        yield database


@pytest.fixture
def reading(database):
    return WorkspaceReading(database, None, None, chunker_version="1")


def write(database, statement, *values):
    with database.write() as db:
        db.execute(statement, values)


def sources(reading, collections=None):
    return [record.sources for record in reading.documents(collections=collections)]


def test_the_list_is_read_again_only_when_it_has_changed(database, reading):
    write(database, FILE, "a.pdf")
    (first,) = reading.documents()
    write(database, "INSERT INTO facts VALUES ('a', 'b')")

    assert reading.documents()[0] is first
    assert sources(reading, ["b"]) == []
    write(database, FILE, "b.pdf")
    assert sources(reading) == [("a.pdf",), ("b.pdf",)]


@pytest.mark.parametrize("change", ["DELETE FROM files", "UPDATE files SET reason = 'broken'"])
def test_the_version_is_another_one_whenever_the_list_is(database, reading, change):
    write(database, FILE, "a/a.pdf")
    before = reading.version()
    assert reading.version() == before
    write(database, change)

    assert reading.version() != before


def test_a_program_that_writes_beside_us_is_noticed(reading, tmp_path):
    assert sources(reading) == []
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as other, other:
        other.execute(FILE, ("a.pdf",))

    assert sources(reading) == [("a.pdf",)]
