"""Tests of queries over tables that are kept whole: longer than what is read for a question."""

import sqlite3
from contextlib import closing, contextmanager

from builders_written import RecordedModel

from rag.table_qa.table_answer import answer_table, asked_kept_table
from rag.tables.long.long_rows import LongRows, fill, make
from rag.tables.long.long_table import LongColumn, LongTable

NAMES = ("Station", "Opened", "Visitors")
COUNT = 5_500


@contextmanager
def _kept(count: int):
    rows = [(f"Station {n}", f"{1 + n % 28} May {1900 + n % 100}", f"{n:,}") for n in range(count)]
    with closing(sqlite3.connect(":memory:")) as db:
        make(db, "t0", len(NAMES))
        counts = fill(db, "t0", len(NAMES), [*rows, ("Total", "", f"{sum(range(count)):,}")], ".")
        columns = tuple(
            LongColumn(name=name, kind=one.kind, first=one.first)
            for name, one in zip(NAMES, counts, strict=True)
        )
        kept = LongRows(db=db, relation="t0", names=NAMES, height=count + 1)
        yield LongTable(rows=kept, columns=columns, title="Stations of the lift")


def test_all_rows_of_a_kept_table_are_asked_without_its_total():
    model = RecordedModel("SELECT station FROM t ORDER BY visitors DESC LIMIT 1")
    with _kept(COUNT) as table:
        asked = asked_kept_table(table)

    assert asked is not None
    answer = answer_table(model, "Which station has most visitors?", asked)

    assert answer is not None
    assert answer.rows == ((f"Station {COUNT - 1}",),)
    assert set(answer.cells) == {(COUNT - 1, 0), (COUNT - 1, 2)}


def test_the_rows_that_are_named_are_shown_to_the_model():
    model = RecordedModel("SELECT visitors FROM t WHERE station = 'Station 5411'")
    with _kept(COUNT) as table:
        asked = asked_kept_table(table)

    assert asked is not None
    answer = answer_table(model, "How many visitors has station 5411?", asked)

    assert answer is not None
    assert "5412 | Station 5411 |" in model.asked[0]
    assert answer.rows == (("5,411",),)
