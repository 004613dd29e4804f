"""Tests that a query can do nothing but read its table, in bounded time and size."""

import pytest

from rag.table_qa.planner.table import table_of
from rag.table_qa.queries import QueryError, opened
from rag.table_qa.query_table import query_table

TABLE = query_table(table_of(["City", "People"], [[f"c{n}", str(n)] for n in range(500)]))


def _run(query: str):
    with opened(TABLE) as database:
        return database.run(query)


def test_a_select_gives_names_and_rows():
    result = _run("SELECT city, people FROM t WHERE people < 2")

    assert (result.columns, result.rows) == (("city", "people"), (("c0", 0), ("c1", 1)))


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE t",
        "DELETE FROM t",
        "UPDATE t SET people = 0",
        "INSERT INTO t VALUES (1, 'x', 1)",
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x AS SELECT * FROM t",
        "ATTACH DATABASE 'x.db' AS x",
        "DETACH DATABASE main",
        "PRAGMA query_only = 0",
        "VACUUM INTO 'x.db'",
        "BEGIN",
        "ANALYZE",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_database_list",
        "SELECT name FROM pragma_table_info('t')",
        "SELECT load_extension('x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT zeroblob(1000000000)",
        "SELECT randomblob(1000000000)",
        "SELECT printf('%.*c', 1000000000, 'x')",
        "SELECT hex(city) FROM t",
        "SELECT * FROM json_each('[1]')",
        "SELECT * FROM generate_series(1, 10)",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "SELECT 1; SELECT 2",
        "SELECT '\0'",
        f"SELECT {'(' * 500}1{')' * 500}",
        f"SELECT '{'x' * 10_000}'",
    ],
)
def test_what_is_no_reading_of_the_table_is_refused(query):
    with pytest.raises(QueryError):
        _run(query)


def test_a_query_that_takes_long_is_stopped():
    with pytest.raises(QueryError, match="interrupted"):
        _run("SELECT * FROM t a, t b, t c ORDER BY a.city || b.city || c.city")


def test_a_text_that_grows_is_stopped():
    grown = "city"
    for _ in range(8):
        grown = f"replace({grown}, 'c', 'cccccccccc')"

    with pytest.raises(QueryError, match="too big"):
        _run(f"SELECT {grown} FROM t")  # noqa: S608 - our own words


def test_rows_that_are_no_data_are_there_only_where_they_are_wanted():
    names, rows = ["City", "People"], [["Rome", "2"], ["Oslo", "3"], ["Bern", "4"], ["Total", "9"]]
    table = query_table(table_of(names, rows))

    with opened(table) as database:
        assert database.run("SELECT SUM(people) FROM t").rows == ((9,),)
    with opened(table, apart=True) as database:
        assert database.run("SELECT people FROM t WHERE city = 'Total'").rows == ((9,),)
