"""A PostgreSQL of our own, shared by several: its transactions, its ends, what is told of them."""

import logging
import threading

import pytest
from builders_ui import an_answer
from postgres_run import PASSWORD

from rag.errors import DatabaseError, IndexMismatchError, SettingsError
from rag.storage.accounts import Audit, Sessions, Usage
from rag.storage.backups.salvage import move_in
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.conversations.personal import Preferences
from rag.storage.conversations.reports import Reports
from rag.storage.database.postgres import DatabaseAddress, PostgresDatabase
from rag.storage.database.servers import LeftOut
from rag.storage.database.user_database import UserFile

TALK, OTHER = "a" * 16, "b" * 16


@pytest.fixture
def opened(database_url):
    database = PostgresDatabase(database_url)
    yield database
    database.close()


def put(store, talk=TALK, exchange_id="1"):
    Conversations(store).put(talk, Exchange(id=exchange_id, question="Snow?"))


def test_of_a_block_that_fails_nothing_is_stored(opened):
    def stored(then):
        with opened.write() as db:
            db.execute("INSERT INTO facts VALUES ('a', 'b')")
            then()

    with pytest.raises(ZeroDivisionError):
        stored(lambda: 1 / 0)

    with opened.read() as db:
        assert db.execute("SELECT name FROM facts").fetchall() == []


def test_of_many_who_take_at_once_no_more_get_than_may(opened, database_url):
    """Each looks how much is left and takes then: without turns all would see the same."""
    taken = []
    other = PostgresDatabase(database_url)

    def take(store):
        usage = Usage(store)
        taken.extend(usage.take("ann", "questions", 1, most=10, within_s=60) for _ in range(5))

    threads = [threading.Thread(target=take, args=(one,)) for one in (opened, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert taken.count(0) == 10
    assert len(taken) == 30


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ann:hush-hush@host/base",
        "hush-hush",
        "postgresql://ann:hush-hush@host:port:port/base?what=hush-hush",
        "postgresql://ann@host/base?nothing=hush-hush",
    ],
)
def test_what_is_no_address_is_told_without_what_it_says(url):
    with pytest.raises(SettingsError) as told:
        DatabaseAddress(url)

    assert "RAG_DATABASE_URL" in str(told.value)
    assert "hush" not in str(told.value)


def test_a_database_that_does_not_answer_is_told_in_a_sentence_without_the_password(caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(DatabaseError) as told:
        PostgresDatabase("postgresql://ann:hush-hush@127.0.0.1:1/base")

    assert "The database 127.0.0.1:1/base can't be used: Connection refused." in str(told.value)
    assert "hush" not in str(told.value) + caplog.text


def test_a_database_that_was_away_is_used_again_by_itself(own_postgres, caplog):
    caplog.set_level(logging.DEBUG)
    database = PostgresDatabase(own_postgres.new_database())
    put(database)
    own_postgres.stop()
    for _ in range(2):
        with pytest.raises(DatabaseError, match="can't be used") as told:
            put(database, OTHER)
        assert PASSWORD not in str(told.value)

    own_postgres.start()
    put(database, OTHER)

    assert {record.id for record in Conversations(database).records()} == {TALK, OTHER}
    assert PASSWORD not in caplog.text
    database.close()


def test_a_server_that_goes_amid_a_block_loses_it_whole(own_postgres):
    database = PostgresDatabase(own_postgres.new_database())

    def stored():
        with database.write() as db:
            db.execute("INSERT INTO facts VALUES ('a', 'b')")
            own_postgres.stop()
            db.execute("INSERT INTO facts VALUES ('c', 'd')")

    with pytest.raises(DatabaseError):
        stored()
    own_postgres.start()

    with database.read() as db:
        assert db.execute("SELECT name FROM facts").fetchall() == []
    database.close()


def test_a_database_of_a_newer_version_is_refused(opened, database_url):
    with opened.write() as db:
        db.execute("UPDATE version SET number = 99")

    with pytest.raises(IndexMismatchError, match="newer"):
        PostgresDatabase(database_url)


def test_several_servers_that_start_at_once_make_the_tables_once(postgres):
    url = postgres.new_database()
    made, failed = [], []

    def make():
        try:
            made.append(PostgresDatabase(url))
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in made:
        database.close()

    assert failed == []
    assert len(made) == 4


def test_what_a_workspace_kept_before_moves_in_once(opened, tmp_path):
    users = UserFile(tmp_path / "users.sqlite")
    told = Exchange(id="1", question="Snow?", answer=an_answer("Yes."))
    Conversations(users).put(TALK, told)
    Conversations(users).delete(TALK)
    Conversations(users).put(OTHER, told)
    Reports(users).put(OTHER, "1", [told], cited=lambda _: [], good=True)
    Preferences(users).set_wishes(OTHER, length="short", quoted=True)
    Preferences(users).save_prompt("Snow?")
    LeftOut(users).add(["a.txt"])
    Audit(users).put("ann", "signed in")
    token = Sessions(users).begin("ann", secret="s")  # noqa: S106 - of this test only

    for _ in range(2):
        move_in(users, opened)

    assert Conversations(opened).get(OTHER) == Conversations(users).get(OTHER)
    assert Conversations(opened).get(TALK) == []
    Conversations(opened).restore(TALK)
    assert len(Conversations(opened).get(TALK)) == 1
    assert [report.good for report in Reports(opened).of(OTHER)] == [True]
    assert Preferences(opened).wishes(OTHER) == Preferences(users).wishes(OTHER)
    assert Sessions(opened).find(token) is not None
    assert len(Audit(opened).last(9)) == 1
    assert LeftOut(opened).sources() == {"a.txt"}

    Conversations(opened).put(OTHER, Exchange(id="2", question="More?"))  # numbers go on
    Preferences(opened).save_prompt("Rain?")
    assert [text for _, text in Preferences(opened).prompts()] == ["Rain?", "Snow?"]
    assert len(Conversations(opened).get(OTHER)) == 2
    users.close()


def test_of_a_second_workspace_nothing_is_mixed_in(opened, tmp_path):
    for name in ("one", "two"):
        users = UserFile(tmp_path / f"{name}.sqlite")
        put(users, {"one": TALK, "two": OTHER}[name])
        move_in(users, opened)
        users.close()

    assert [record.id for record in Conversations(opened).records()] == [TALK]
