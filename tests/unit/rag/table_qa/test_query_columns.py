"""Tests of how cells become columns that a query compares."""

import pytest

from rag.table_qa.query_table import query_table
from rag.tables.table import table_of


def _columns(name: str, *cells: str):
    return query_table(table_of([name], [[cell] for cell in cells])).columns


def test_amounts_are_numbers_with_their_signs_and_units():
    (column,) = _columns("Pay", "$1,200", "(30)", "45 %", "n/a")

    assert (column.type, column.cells) == ("INTEGER", (1200, -30, 45, None))


def test_days_are_iso_and_compare_as_texts():
    (column,) = _columns("Published", "14 May 1998", "June 3, 2001", "2000-01-02")

    assert (column.type, column.cells) == ("DATE", ("1998-05-14", "2001-06-03", "2000-01-02"))


@pytest.mark.parametrize(
    ("heading", "name"),
    [("Order", "c_order"), ("Größe (m²)", "groe_m2"), ("", "c"), ("# of goals", "number_of_goals")],
)
def test_names_are_letters_that_mean_nothing_to_sql(heading, name):
    (column, *_) = _columns(heading, "a", "b")

    assert column.name in {name, f"c_{name}"}
