"""Charts whose values are printed on them: rows, columns, names, and what is left open."""

from builders_attachments import BARS, lettered

from rag.attachments.chart import chart_of
from rag.attachments.pieces import pieces_of


def chart(*words):
    return chart_of(pieces_of(lettered(*words)))


def table(*words):
    return {row.label: row.values for row in chart(*words).rows}


def test_bars_have_their_label_beside_them():
    assert table(*BARS) == {
        "Upper hut": ("41%", "88%"),
        "Lower hut": ("17", "64"),
        "Ages 18-29": ("23", "71"),
    }


def test_values_that_no_label_stands_by_are_left_without_one():
    lines = [
        (0.12, 0.30, "12"),
        (0.22, 0.35, "14"),
        (0.32, 0.25, "19"),
        (0.42, 0.22, "21"),
        (0.55, 0.10, "Snow"),
        (0.55, 0.60, "Rain"),
    ]
    (row,) = chart((0.02, 0.03, "Days a month"), *lines).rows
    assert row.label == ""
    assert set(row.values) == {"12", "14", "19", "21"}


def test_slices_have_the_nearest_label_each():
    pie = [
        (0.30, 0.30, "Less"),
        (0.31, 0.34, "16%"),
        (0.60, 0.40, "Unchanged"),
        (0.64, 0.44, "60%"),
        (0.10, 0.60, "Unknown"),
        (0.13, 0.64, "24%"),
    ]
    assert table((0.02, 0.03, "Views"), *pie) == {
        "Less": ("16%",),
        "Unchanged": ("60%",),
        "Unknown": ("24%",),
    }


def test_lettering_without_values_is_no_chart():
    assert chart((0.1, 0.1, "A sign"), (0.1, 0.2, "Beware of falling ice")) is None
