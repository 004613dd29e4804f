"""Whatever a model writes is a result or a `QueryError`: nothing else comes of it."""

import contextlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.table_qa.planner.table import table_of
from rag.table_qa.queries import QueryError
from rag.table_qa.query_table import query_table
from rag.table_qa.table_answer import run

TABLE = query_table(
    table_of(
        ["Year", "City", "Pos.", "Date", "Result"],
        [
            ["2001", "Lagos", "2nd", "14 May 1998", "W 2-1"],
            ["2002", "Accra (capital)", "1st", "3 June 2001", "L 0-3"],
            ["2003", "Kano", "10th", "", "W 1-0"],
        ],
        title="Matches",
    )
)
WORDS = st.sampled_from(
    "SELECT select FROM t WHERE AND OR NOT IN ( ) , * = <> < >= LIKE BETWEEN IS NULL GROUP BY ORDER"
    " HAVING LIMIT DESC ASC COUNT( SUM( MAX( ABS( CAST( AS INTEGER DISTINCT UNION ALL WITH id year"
    " city pos pos_number date result place nothing 'accra' '1st' 'May 1998' '2001' 'x%' '%' ''"
    ' "Kano" 1 -1 2001 1e309 99999999999999999999 0x1F ; -- /* CASE WHEN THEN END OVER'
    " strftime('%Y', YEAR( JOIN ON a b . + - / ||".split(" ")
)
QUERIES = st.builds(
    lambda columns, rest: f"SELECT {' '.join(columns)} FROM t {' '.join(rest)}",  # noqa: S608 - our own words
    st.lists(WORDS, min_size=1, max_size=5),
    st.lists(WORDS, max_size=14),
)


@given(text=st.one_of(st.text(), st.lists(WORDS, max_size=20).map(" ".join), QUERIES))
@example(text="SELECT city FROM t WHERE pos = 1e309")
@example(text="SELECT city FROM t WHERE date = '99999999999999999999'")
@example(text="SELECT city FROM t WHERE year BETWEEN 'x' AND 'y'")
@example(text=f"SELECT {'(' * 2000}1")
@example(text="SELECT " + "+".join("1" * 1500))
@example(text="SELECT " + "NOT " * 900 + "1")
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_a_result_or_a_query_error(text):
    with contextlib.suppress(QueryError):
        answer = run(text, TABLE, question="which city came first in 2001?")
        assert all(0 <= row < TABLE.height and 0 <= column < 5 for row, column in answer.cells)
        assert all(isinstance(cell, str) for row in answer.rows for cell in row)
