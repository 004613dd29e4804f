import sqlite3
from contextlib import closing

import pytest

from rag.storage.database.database import Database
from rag.storage.workspace.listings import Listings

FILE = (
    "INSERT INTO files (source, size_bytes, mtime_ns, ctime_ns, inode, sha256, state, reason,"
    " seconds, tried_with) VALUES (?, 1, 0, 0, 0, '', 'failed', '', 0, '')"
)


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "ledger.sqlite")
    yield database
    database.close()


def write(database, statement, *values):
    with database.write() as db:
        db.execute(statement, values)


def test_the_list_is_read_again_only_when_it_has_changed(database):
    write(database, FILE, "a.pdf")
    listings = Listings()
    with database.read() as db:
        first = listings.records(db, None)
        assert listings.records(db, None) is first
        assert [record.sources for record in listings.records(db, ["b"])] == []
    write(database, "INSERT INTO facts VALUES ('a', 'b')")
    with database.read() as db:
        assert listings.records(db, None) is first
    write(database, FILE, "b.pdf")
    with database.read() as db:
        assert [record.sources for record in listings.records(db, None)] == [("a.pdf",), ("b.pdf",)]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM files",
        "UPDATE files SET reason = 'broken'",
    ],
)
def test_the_version_is_another_one_whenever_the_list_is(database, change):
    write(database, FILE, "a/a.pdf")
    listings = Listings()
    with database.read() as db:
        before = listings.version(db, None)
        assert listings.version(db, None) == before
    write(database, change)
    with database.read() as db:
        assert listings.version(db, None) != before


def test_a_program_that_writes_beside_us_is_noticed(database, tmp_path):
    listings = Listings()
    with database.read() as db:
        assert listings.records(db, None) == ()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as other, other:
        other.execute(FILE, ("a.pdf",))
    with database.read() as db:
        assert len(listings.records(db, None)) == 1
