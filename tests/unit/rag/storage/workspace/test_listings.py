import sqlite3
from contextlib import closing

import pytest

from rag.storage.database.ledger import Ledger
from rag.storage.workspace.listings import Listings

FILE = (
    "INSERT INTO files (source, size_bytes, mtime_ns, sha256, state) VALUES (?, 1, 0, '', 'failed')"
)


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def write(ledger, statement, *values):
    with ledger.write() as db:
        db.execute(statement, values)


def test_the_list_is_read_again_only_when_it_has_changed(ledger):
    write(ledger, FILE, "a.pdf")
    listings = Listings()
    with ledger.read() as db:
        first = listings.records(db, None)
        assert listings.records(db, None) is first
        assert [record.sources for record in listings.records(db, ["b"])] == []
    write(ledger, "INSERT INTO conversations (id, name, changed_s) VALUES ('a', 'Snow?', 1)")
    with ledger.read() as db:
        assert listings.records(db, None) is first
    write(ledger, FILE, "b.pdf")
    with ledger.read() as db:
        assert [record.sources for record in listings.records(db, None)] == [("a.pdf",), ("b.pdf",)]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM files",
        "UPDATE files SET reason = 'broken'",
        "INSERT INTO left_out VALUES ('c.pdf')",
    ],
)
def test_the_version_is_another_one_whenever_the_list_is(ledger, change):
    write(ledger, FILE, "a/a.pdf")
    listings = Listings()
    with ledger.read() as db:
        before = listings.version(db, None)
        assert listings.version(db, None) == before
    write(ledger, change)
    with ledger.read() as db:
        assert listings.version(db, None) != before


def test_a_program_that_writes_beside_us_is_noticed(ledger, tmp_path):
    listings = Listings()
    with ledger.read() as db:
        assert listings.records(db, None) == ()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as other, other:
        other.execute(FILE, ("a.pdf",))
    with ledger.read() as db:
        assert len(listings.records(db, None)) == 1
