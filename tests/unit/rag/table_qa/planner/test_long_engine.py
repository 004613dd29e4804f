"""Plans over kept rows: what SQLite gives is what the engine of small tables gives."""

import sqlite3

import pytest

from rag.storage.tables.long_rows import LongRows, fill
from rag.table_qa.planner.engine import PlanEngine
from rag.table_qa.planner.long_engine import LongEngine
from rag.table_qa.planner.table import Condition, Order, Rows, TablePlan, table_of

NAMES = ("Hut", "Canton", "Beds", "Opened", "Visitors")
CELLS = [
    ("Upper hut", "Valais", "40", "1999", "1,200"),
    ("Lower hut", "Bern", "62", "March 2001", "n/a"),
    ("Lake hut", "Zürich", "18", "2001", "310"),
    ("Old hut", "Uri", "25", "2004-05-06", "–"),
    ("Père hut", "Valais", "62", "1999", "1200"),
    ("Old hut", "valais", "7", "2010", "25%"),
    ("", "Bern", "-", "2001", "(45)"),
    ("Day hut", "Bern", "3", "5 May", "12"),
]
IS = [
    Condition(1, "is", "valais"),
    Condition(1, "is", "zurich"),
    Condition(4, "is", "1200"),
    Condition(0, "is", ""),
    Condition(0, "has", "hut"),
    Condition(0, "has", "old hut"),
    Condition(0, "has", "pere"),
    Condition(1, "not", "valais"),
    Condition(2, "not", ""),
    Condition(1, "in", values=("bern", "uri")),
    *(Condition(2, test, number=25.0) for test in ("<", "<=", ">", ">=")),
    *(Condition(3, test, number=2001.0) for test in ("<", "<=", ">", ">=")),
    Condition(3, "<=", number=2001.1),
]
ORDERS = [
    None,
    Order(2, "number", largest=True),
    Order(2, "number", largest=False),
    Order(2, "number", largest=True, place=2),
    Order(3, "number", largest=False),
    Order(3, "number", largest=True),
    Order(0, "place", largest=True),
]
NEARS = ("", "next", "previous", "after", "before", "same")
ROWS = [
    *(Rows((one,)) for one in IS),
    *(Rows((IS[0], one)) for one in IS[10:12]),
    *(Rows((IS[4],), order) for order in ORDERS),
    *(Rows((), order, near, 1) for order in ORDERS for near in NEARS),
]
OTHER = Rows((Condition(0, "is", "lake hut"),))
COUNTED = ("count", "distinct", "most common", "least common", "count difference")
SUMMED = ("sum", "mean", "min", "max", "range")


def plans(wanted):
    yield TablePlan("count", (), wanted)
    yield TablePlan("select", (0, 2), wanted)
    yield TablePlan("select", (3,), wanted, reading="year")
    for operation in SUMMED:
        yield TablePlan(operation, (2, 4), wanted)
    for operation in ("distinct", "most common", "least common"):
        yield TablePlan(operation, (1,), wanted)
    for operation in ("growth", "count difference"):
        yield TablePlan(operation, (2,), wanted, other_rows=OTHER)


ALL = [plan for wanted in ROWS for plan in plans(wanted)]


@pytest.fixture(scope="module")
def rows():
    db = sqlite3.connect(":memory:")
    fill(db, "t1", len(NAMES), CELLS, ".")
    return LongRows(db=db, relation="t1", names=NAMES, height=len(CELLS))


def test_few_rows_give_what_a_small_table_gives(rows):
    small, kept = PlanEngine(table_of(NAMES, CELLS)), LongEngine(rows)

    assert [kept.run(plan) for plan in ALL] == [small.run(plan) for plan in ALL]


def test_many_rows_give_what_a_small_table_gives(rows):
    small, kept = PlanEngine(table_of(NAMES, CELLS)), LongEngine(rows, few=0)
    wanted = [
        plan for plan in ALL if plan.operation in {*COUNTED, *SUMMED} and plan.rows.near != "same"
    ]

    made = [(one, kept.run(one), small.run(one)) for one in wanted]

    assert [one for one, ours, theirs in made if ours.texts != theirs.texts] == []
    assert sum(bool(ours.texts) for _, ours, _ in made) > len(made) / 2
    assert all(set(ours.cells) <= set(theirs.cells) for _, ours, theirs in made)
