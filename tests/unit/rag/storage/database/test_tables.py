"""The tables of people are the same in a ledger and in a database; none lacks there."""

import pytest

from rag.storage.database.ledger import Ledger
from rag.storage.database.moving_in import TABLES
from rag.storage.database.postgres import PostgresDatabase

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
