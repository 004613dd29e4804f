"""Processes that share a database: which of them run, and which one owns what all share."""

import time

import pytest

from rag.errors import DatabaseError, WorkspaceBusyError
from rag.storage.database.postgres import GRACE_S, PostgresDatabase, Presence

ONE, TWO = "1" * 16, "f" * 16


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def databases(own_postgres):
    url = own_postgres.new_database()
    both = [PostgresDatabase(url) for _ in range(2)]
    yield both
    for each in both:
        each.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def here(databases, clock):
    """Return two processes, as it were, of two machines."""
    both = [Presence(database, now=clock) for database in databases]
    yield both
    for each in both:
        each.close()


def test_a_server_runs_for_all_until_it_ends(here):
    one, two = here
    one.be_server(ONE)
    two.be_server(TWO)
    assert (one.runs(TWO), two.runs(ONE)) == (True, True)

    one.close()

    assert (two.runs(ONE), two.runs(TWO)) == (False, True)


def test_who_owned_before_a_restart_owns_after_it(own_postgres, here, clock):
    one, two = here
    one.be_server(ONE)
    assert one.own()
    own_postgres.stop()
    for each in here:
        with pytest.raises(DatabaseError):
            each.beat()
    assert one.is_owner  # nobody has told it otherwise
    own_postgres.start()

    assert not two.own()  # it leaves it to the other for a while
    assert one.own()
    assert two.runs(ONE)
    clock.now_s += GRACE_S
    assert not two.own()


def test_who_lost_what_all_share_stores_nothing_more(own_postgres, here, clock):
    one, two = here
    one.own()
    two.beat()
    own_postgres.stop()
    own_postgres.start()
    two.own()
    clock.now_s += GRACE_S
    two.own()

    with pytest.raises(WorkspaceBusyError), one.fenced() as db:
        db.execute("INSERT INTO facts VALUES ('from', 'one')")
    with two.fenced() as db:
        db.execute("INSERT INTO facts VALUES ('from', 'two')")
        assert db.execute("SELECT value FROM facts").fetchall() == [("two",)]


def test_a_machine_that_is_cut_off_loses_it_within_seconds(own_postgres, here, databases):
    """As its locks are of its connection, which the server ends."""
    one, two = here
    one.own()
    with databases[0].read() as db:
        seconds = db.execute(
            "SELECT current_setting('tcp_keepalives_idle')::int"
            " + current_setting('tcp_keepalives_count')::int"
            " * current_setting('tcp_keepalives_interval')::int"
        ).fetchone()
    assert seconds == (11,)
    own_postgres.tell("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    time.sleep(0.1)

    assert two.own()
