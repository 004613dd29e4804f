"""The tables of people are the same in a ledger and in a database; none lacks there."""

from pathlib import Path

import pytest

from rag.index.database.moving_in import TABLES
from rag.index.database.postgres import PostgresDatabase
from rag.index.ledger.ledger import Ledger

SHARED = ("facts", "growing", "reading_wishes", "revisions", *TABLES)


@pytest.fixture
def both(tmp_path, database_url):
    ledger, database = Ledger(tmp_path / "ledger.sqlite"), PostgresDatabase(database_url)
    yield ledger, database
    for one in (ledger, database):
        one.close()


def test_a_table_of_people_has_the_same_columns_in_both(both):
    ledger, database = both
    in_ledger = "SELECT name FROM pragma_table_info(?)"
    in_database = "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
    told = {}
    with ledger.read() as here, database.read() as there:
        for table in SHARED:
            columns = [{name for (name,) in here.execute(in_ledger, (table,))}]
            columns.append({name for (name,) in there.execute(in_database, (table,))})
            told[table] = columns

    assert {table for table, columns in told.items() if columns[0] != columns[1]} == set()
    assert all(columns[0] for columns in told.values())


def test_what_moves_into_a_database_is_all_of_a_table(both):
    ledger, _ = both
    counted = {"conversations": {"revision"}}
    with ledger.read() as db:
        for table, columns in TABLES.items():
            found = db.execute("SELECT name FROM pragma_table_info(?)", (table,))
            assert {name for (name,) in found} - counted.get(table, set()) == set(columns), table


def test_every_table_that_a_store_of_people_names_is_in_the_database(both):
    """A store that comes to use another table would fail on several machines alone."""
    _, database = both
    index = Path(__file__).parents[5] / "rag" / "index"
    stores = [
        path
        for room in ("conversations", "people", "servers")
        for path in (index / room).glob("*.py")
    ]
    with database.read() as db:
        known = {
            name
            for (name,) in db.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'pagelight'"
            )
        }
    words = {word.strip('",()') for path in stores for word in _tables(path.read_text("utf-8"))}

    assert words - known - {"path", "below"} == set()
    assert {"conversations", "exchanges", "growing", "usage"} <= words


def _tables(text):
    parts = text.replace("JOIN ", "FROM ").replace("INTO ", "FROM ").split("FROM ")[1:]
    return [part.split()[0] for part in parts if part.split() and part[0].islower()]
