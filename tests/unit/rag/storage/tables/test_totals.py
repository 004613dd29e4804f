"""Rows and columns that sum up others, and notes: what is left out of what is worked out."""

import sqlite3

import pytest

from rag.storage.tables.long_rows import LongRows, fill
from rag.table_qa.planner.engine import PlanEngine
from rag.table_qa.planner.long_engine import LongEngine
from rag.table_qa.planner.table import Condition, Order, Rows, TablePlan, table_of

PARTS = [["Bern", "120", "8"], ["Uri", "310", "4"], ["Zug", "45", "9"]]
NAMES = ["Canton", "Beds", "Huts"]


def left_out(rows, names=NAMES):
    return sorted(table_of(names, rows).left_out)


@pytest.mark.parametrize(
    "label",
    [
        "Total", "TOTAL:", "Grand total", "Total 2024", "Total (net)", "Sum", "Overall",
        "Gesamt", "Summe", "Insgesamt", "Gesamtsumme",
        "Total général", "Ensemble", "Somme",
        "Suma", "Total general", "Totale", "Complessivo", "Soma", "Total geral", "Totaal",
    ],
)  # fmt: skip
def test_a_row_is_a_total_by_the_words_of_seven_languages(label):
    assert left_out([*PARTS, [label, "475", "21"]]) == [3]
    assert left_out([[label, "480", ""], *PARTS]) == [0]


def test_what_is_only_called_so_is_no_total():
    companies = [["Shell", "344", "90"], ["Total", "184", "100"], ["BP", "214", "70"]]
    films = [["Alien", "104", "1"], ["Total Recall", "261", "3"]]

    assert left_out(companies) == []
    assert left_out([*companies[::2], companies[1]]) == [2]  # larger in a column: may sum up
    assert left_out([*companies[::2], ["Total", "184", "60"]]) == []
    assert left_out(films) == []


def test_notes_below_a_table_are_no_rows_of_it():
    rows = [
        *PARTS,
        ["Total", "475", "21"],
        ["* of these 3 closed", "", ""],
        ["Source: SAC", "", ""],
    ]

    table = table_of(NAMES, rows)

    assert sorted(table.apart.totals) == [3]
    assert sorted(table.left_out) == [3, 4, 5]


def test_a_column_sums_up_those_before_it():
    names = ["Country", "Gold", "Silver", "Medals", "Rank"]
    rows = [["A", "4", "2", "6", "1"], ["B", "3", "5", "8", "2"], ["C", "0", "1", "1", "3"]]

    assert table_of(names, rows).total_columns == {3}
    assert table_of([*names[:3], "Total", "Rank"], rows[:1]).total_columns == {3}
    assert table_of(names, [[*r[:3], "7", r[4]] for r in rows]).total_columns == set()


SUMMED = table_of(NAMES, [*PARTS, ["Total", "475", "21"]])
MOST = Rows(order=Order(1, "number", largest=True))


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (TablePlan("sum", (1,), Rows()), "475"),
        (TablePlan("count", (), Rows()), "3"),
        (TablePlan("max", (1,), Rows()), "310"),
        (TablePlan("select", (0,), MOST), "Uri"),
        (TablePlan("count", (), Rows((Condition(1, ">", number=100.0),))), "2"),
        (TablePlan("count", (), Rows((Condition(1, ">", number=400.0),))), "0"),
        (TablePlan("count", (), Rows((Condition(0, "not", "uri"),))), "2"),
        (TablePlan("select", (1,), Rows((Condition(0, "is", "total"),))), "475"),
        (TablePlan("select", (0,), Rows(order=Order(0, "place", largest=True))), "Zug"),
        (TablePlan("count", (), Rows((Condition(0, "is", "bern"),), near="after")), "2"),
    ],
)
@pytest.mark.parametrize("few", [0, 50])
def test_totals_count_only_where_they_are_named(plan, text, few):
    """In small tables as in long ones, whose rows SQLite finds."""
    assert PlanEngine(SUMMED).run(plan).texts == (text,)
    if few or plan.operation != "select":
        assert kept(SUMMED, few=few).run(plan).texts == (text,)


def kept(table, *, few):
    cells = [[table.text(row, n) for n in range(table.width)] for row in range(table.height)]
    db = sqlite3.connect(":memory:")
    fill(db, "t1", table.width, cells, ".")
    rows = LongRows(db=db, relation="t1", names=tuple(NAMES), height=table.height)
    return LongEngine(rows, few=few)
