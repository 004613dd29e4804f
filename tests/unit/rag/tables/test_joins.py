"""Two tables on a shared key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.tables.engine import PlanEngine
from rag.tables.joins import joined, key_of
from rag.tables.plan import Condition, Join, Order, Rows, TablePlan
from rag.tables.table import table_of
from rag.tables.told import in_words

STATIONS = table_of(
    ["Station", "Canton", "Altitude m"],
    [
        ["Arosa", "Graubünden", "1878"],
        ["Davos", "Graubünden", "1594"],
        ["Zermatt", "Valais", "1638"],
    ],
    title="stations.csv",
)
READINGS = table_of(
    ["Day", "Station", "Snow depth cm"],
    [
        ["2025-01-05", "Arosa", "61"],
        ["2025-01-05", "Davos", "88"],
        ["2025-01-05", "Zermatt", "120"],
        ["2025-02-05", "Davos", "45"],
    ],
    title="readings.csv",
)


def test_the_key_is_unique_in_one_of_the_tables():
    assert key_of(READINGS, STATIONS) == Join(1, 0, name="Station")
    assert key_of(STATIONS, READINGS) is None


def test_what_agrees_by_chance_is_no_key():
    ranks = table_of(["Rank", "Name"], [["1", "x"], ["2", "y"], ["3", "z"]])
    days = table_of(["Day", "Snow"], [["1", "5"], ["2", "7"], ["3", "2"], ["3", "1"]])
    few = table_of(["Station", "Owner"], [["Arosa", "a"], ["Lugano", "b"], ["Chur", "c"]])

    assert key_of(days, ranks) is None
    assert key_of(READINGS, few) is None


def test_a_plan_filters_in_the_one_and_measures_in_the_other():
    both = joined(READINGS, STATIONS, Join(1, 0, name="Station"))
    rows = Rows((Condition(3, "is", "graubunden"),), Order(2, "number", largest=True))
    plan = TablePlan("select", (1,), rows)

    assert PlanEngine(both.table).run(plan).texts == ("Davos",)
    assert both.uses_both(plan.read)
    assert not both.uses_both(TablePlan("count", (), Rows((Condition(2, ">", number=60),))).read)
    assert in_words(plan, both.table) == (
        "Station of the row with the largest Snow depth cm among the rows of “readings.csv” joined"
        " with “stations.csv” by Station where Canton is Graubünden"
    )


def test_what_both_tables_count_by_the_same_name_is_of_neither_alone():
    names = ["Station", "Snow depth cm", "Owner"]
    rows = [["Arosa", "60", "a"], ["Davos", "90", "b"], ["Zermatt", "10", "c"]]
    both = joined(READINGS, table_of(names, rows, title="other.csv"), Join(1, 0, name="Station"))

    assert [column.name for column in both.table.columns[3:]] == [
        "Snow depth cm (other.csv)",
        "Owner",
    ]
    assert not both.uses_both(frozenset({2, 3}))
    assert both.uses_both(frozenset({2, 4}))


def test_a_value_that_two_rows_have_is_joined_to_none():
    names = [[f"s{n}", str(n)] for n in range(30)]
    other = table_of(["Station", "Place"], [*names, ["s1", "99"]])
    own = table_of(["Station", "Snow"], [["s1", "4"], ["s2", "6"], ["s3", "1"], ["s4", "1"]])

    both = joined(own, other, Join(0, 0))

    assert both.partners == (None, 2, 3, 4)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 99)), min_size=1))
def test_every_row_stays_with_its_own_partner(rows):
    other = table_of(["Key", "Twice"], [[key, key * 2] for key in "abcdefg"])
    own = table_of(["Key", "Number"], [[key, str(number)] for key, number in rows])

    both = joined(own, other, Join(0, 0))

    assert both.table.height == own.height
    for row, partner in enumerate(both.partners):
        assert both.table.text(row, 2) == ("" if partner is None else own.text(row, 0) * 2)
        assert (partner is None) == (own.text(row, 0) == "h")


def test_a_join_names_columns_that_can_be():
    with pytest.raises(ValueError, match="count from 0"):
        Join(-1, 0)
