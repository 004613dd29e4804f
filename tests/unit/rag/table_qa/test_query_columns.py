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


def test_months_have_no_day_that_nobody_wrote():
    (column,) = _columns("Month", "March 2001", "May 2002")

    assert column.cells == ("2001-03", "2002-05")


def test_days_without_a_year_have_none():
    (column,) = _columns("Day", "14 May", "June 3")

    assert column.cells == ("05-14", "06-03")


def test_years_are_numbers():
    (column,) = _columns("Year", "1998", "2001")

    assert (column.type, column.cells) == ("INTEGER", (1998, 2001))


def test_a_text_that_holds_a_number_has_it_beside():
    text, number = _columns("Pos.", "1st", "10th", "2nd (heat)")

    assert (text.name, text.type, text.cells) == ("pos", "TEXT", ("1st", "10th", "2nd (heat)"))
    assert (number.name, number.cells) == ("pos_number", (1, 10, 2))


def test_what_is_called_by_a_year_is_a_text_with_the_year_beside():
    text, number = _columns("Games", "2004 Summer Olympics", "2008 Summer Olympics")

    assert text.cells == ("2004 Summer Olympics", "2008 Summer Olympics")
    assert number.cells == (2004, 2008)


def test_dashes_quotes_and_marks_of_notes_are_one_kind():
    (column,) = _columns("Name", "Jean–Luc’s boat[2]", "Other *")

    assert column.cells == ("Jean-Luc's boat", "Other")


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Order", "c_order"),
        ("2004", "c_2004"),
        ("Größe (m²)", "groe_m2"),
        ("№", "no"),
        ("", "c"),
        ("# of goals", "number_of_goals"),
    ],
)
def test_names_are_letters_that_mean_nothing_to_sql(heading, name):
    (column, *_) = _columns(heading, "a", "b")

    assert column.name in {name, f"c_{name}"}


def test_two_columns_of_one_name_and_one_called_id_are_told_apart():
    table = query_table(table_of(["id", "Team", "Team"], [["x", "a", "b"]]))

    assert len({"id", *(column.name for column in table.columns)}) == 1 + len(table.columns)
