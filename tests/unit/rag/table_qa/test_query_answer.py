"""Tests of what becomes of a query that a model wrote: mended, run, told, placed."""

import pytest

from rag.table_qa.planner.table import table_of
from rag.table_qa.queries import QueryError
from rag.table_qa.query_table import query_table
from rag.table_qa.table_answer import run

MATCHES = query_table(
    table_of(
        ["Date", "Opponent", "Pos.", "Attendance", "Scorers"],
        [
            ["14 May 1998", "Hull City", "2nd", "15,388", "Roy, Moss"],
            ["3 June 2001", "Derby (away)", "1st", "2,660", "Roy"],
            ["5 June 2001", "Zürich", "10th", "", "Diaz"],
            ["7 July 2002", "Hull City", "3rd", "9,000", "Moss"],
        ],
    )
)


def _rows(query: str):
    return run(query, MATCHES).rows


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT attendance FROM t WHERE opponent = 'Derby'", (("2,660",),)),
        ("SELECT attendance FROM t WHERE opponent = 'hull citty' LIMIT 1", (("15,388",),)),
        ("SELECT date FROM t WHERE opponent = 'Zurich'", (("5 June 2001",),)),
        ("SELECT date FROM t WHERE pos = 'Zürich'", (("5 June 2001",),)),
        ("SELECT COUNT(*) FROM t WHERE opponent <> 'Hull'", (("2",),)),
        ("SELECT COUNT(*) FROM t WHERE scorers = 'Roy'", (("2",),)),
        ("SELECT COUNT(*) FROM t WHERE scorers IN ('Diaz', 'Moss')", (("3",),)),
        ("SELECT COUNT(*) FROM t WHERE opponent LIKE '%hul%'", (("2",),)),
    ],
)
def test_a_value_is_what_cells_say_however_it_is_spelled(query, rows):
    assert _rows(query) == rows


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT opponent FROM t WHERE date > 2001", (("Hull City",),)),
        ("SELECT COUNT(*) FROM t WHERE date = 'June 2001'", (("2",),)),
        ("SELECT attendance FROM t WHERE date = 'June 3, 2001'", (("2,660",),)),
        ("SELECT COUNT(*) FROM t WHERE YEAR(date) = 2001", (("2",),)),
        ("SELECT COUNT(*) FROM t WHERE strftime('%m', date) = '06'", (("2",),)),
        ("SELECT COUNT(*) FROM t WHERE date BETWEEN 1998 AND 2001", (("3",),)),
        ("SELECT MAX(date) FROM t", (("7 July 2002",),)),
    ],
)
def test_days_are_compared_by_what_is_named_of_them(query, rows):
    assert _rows(query) == rows


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT opponent FROM t ORDER BY pos DESC LIMIT 1", (("Zürich",),)),
        ("SELECT opponent FROM t ORDER BY attendance LIMIT 1", (("Derby (away)",),)),
        ("SELECT opponent FROM t WHERE pos = 1", (("Derby (away)",),)),
        ("SELECT date FROM t WHERE position = '1st'", (("3 June 2001",),)),
        ("SELECT opponents FROM matches WHERE id = 2", (("Derby (away)",),)),
        ('SELECT date FROM t WHERE opponent = "Derby"', (("3 June 2001",),)),
        ("```sql\nSELECT COUNT(*) FROM t;\n```", (("4",),)),
    ],
)
def test_what_small_models_get_wrong_is_mended(query, rows):
    assert _rows(query) == rows


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        (
            "SELECT opponent, COUNT(*) FROM t GROUP BY opponent ORDER BY COUNT(*) DESC LIMIT 1",
            ("Opponent",),
        ),
        ("SELECT opponent, date FROM t WHERE opponent = 'Hull City'", ("Date",)),
        ("SELECT opponent, date FROM t", ("Opponent", "Date")),
    ],
)
def test_what_nobody_asked_for_is_left_out_of_the_result(query, columns):
    assert run(query, MATCHES).columns == columns


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("SELECT attendance FROM t WHERE pos = '1st'", {(1, 3), (1, 2)}),
        ("SELECT COUNT(*) FROM t WHERE opponent = 'Hull City'", {(0, 1), (3, 1)}),
        ("SELECT opponent FROM t ORDER BY attendance DESC LIMIT 1", {(0, 1), (0, 3)}),
        (
            "SELECT opponent FROM t WHERE id = (SELECT id FROM t WHERE pos = '1st') + 1",
            {(2, 1), (1, 2)},
        ),
        (
            "SELECT (SELECT attendance FROM t WHERE id = 1) - MIN(attendance) FROM t",
            {(0, 3), (1, 3), (3, 3), (2, 3)},
        ),
    ],
)
def test_the_cells_are_those_that_the_result_was_read_off(query, cells):
    assert set(run(query, MATCHES).cells) == cells


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "SELECT date FROM t WHERE opponent = (SELECT opponent FROM t WHERE pos = '2nd')",
            (("7 July 2002",),),
        ),
        (  # no other has the same: it is what it was asked to be
            "SELECT date FROM t WHERE pos = (SELECT pos FROM t WHERE opponent = 'Zürich')",
            (("5 June 2001",),),
        ),
        (  # a largest is no row that is named
            "SELECT pos FROM t WHERE attendance = (SELECT MAX(attendance) FROM t)",
            (("2nd",),),
        ),
    ],
)
def test_the_same_as_a_row_has_are_the_others(query, rows):
    assert _rows(query) == rows


VISITS = query_table(
    table_of(
        ["Danger", "Guided visits"],
        [["1", "up to 24 people"], ["2", "up to 10 people"], ["3", "8 people"], ["4", "closed"]],
    )
)


def test_numbers_among_words_are_not_added_up():
    with pytest.raises(QueryError, match="holds words, too"):
        run("SELECT SUM(guided_visits_number) FROM t", VISITS)

    assert run("SELECT MAX(guided_visits_number) FROM t", VISITS).rows == (("24",),)


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
