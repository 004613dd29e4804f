"""Columns and rows of a table as series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.tables.engine import HEADING
from rag.tables.series import SeriesPlan, labels_of, series_of
from rag.tables.table import table_of

MONTHS = table_of(
    ["Month", "Snow cm", "Rain mm"],
    [["Jan", "214", "3"], ["Feb", "–", "12"], ["Mar", "331", "7"]],
    title="Months",
)
CELLS = st.lists(
    st.lists(st.sampled_from(["", "–", "7", "-3.5", "12 %", "much"]), min_size=3, max_size=3),
    min_size=1,
    max_size=9,
)


def points(series):
    return [(one.name, [(p.at, p.value, p.place) for p in one.points]) for one in series]


def test_columns_are_series_over_rows_and_cells_without_a_number_are_left_out():
    plan = SeriesPlan("line", 0, (1, 2), (0, 1, 2))

    assert labels_of(MONTHS, plan) == ("Jan", "Feb", "Mar")
    assert points(series_of(MONTHS, plan)) == [
        ("Snow cm", [(0, 214.0, (0, 1)), (2, 331.0, (2, 1))]),
        ("Rain mm", [(0, 3.0, (0, 2)), (1, 12.0, (1, 2)), (2, 7.0, (2, 2))]),
    ]


def test_a_row_is_a_series_over_headings():
    plan = SeriesPlan("bars", HEADING, (1, 2), (2,))

    assert labels_of(MONTHS, plan) == ("Snow cm", "Rain mm")
    assert points(series_of(MONTHS, plan)) == [("Mar", [(0, 331.0, (2, 1)), (1, 7.0, (2, 2))])]


@pytest.mark.parametrize(
    ("labels", "columns", "rows"), [(0, (), (1,)), (0, (1,), ()), (1, (1,), (0,))]
)
def test_a_plan_without_cells_is_none(labels, columns, rows):
    with pytest.raises(ValueError, match="serie"):
        SeriesPlan("line", labels, columns, rows)


@given(CELLS, st.booleans())
def test_each_point_is_the_number_of_its_cell(rows, by_row):
    table = table_of(["a", "b", "c"], rows)
    every = tuple(range(len(rows)))
    plan = SeriesPlan("line", HEADING if by_row else 0, (1, 2), every)

    for one in series_of(table, plan):
        ats = [point.at for point in one.points]
        assert ats == sorted(set(ats))
        assert all(0 <= at < len(labels_of(table, plan)) for at in ats)
        for point in one.points:
            row, column = point.place
            assert table.columns[column].numbers[row] == point.value
