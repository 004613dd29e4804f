"""Charts whose values are printed on them: rows, columns, names, and what is left open."""

from builders_attachments import BARS, COLUMNS, lettered

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


def test_the_title_and_what_is_counted_are_told_apart():
    read = chart(*BARS)
    assert read.title == "Huts fill up earlier each year"
    assert read.subtitle == "% of beds taken by June in ..."


def test_names_over_the_columns_are_theirs():
    assert chart(*BARS).names == ("Weekdays", "Weekends")


def test_a_legend_one_under_the_other_names_no_column():
    words = [word for word in BARS if word[2] not in {"Weekdays", "Weekends"}]
    read = chart(*words, (0.50, 0.15, "Weekdays"), (0.50, 0.22, "Weekends"))
    assert read.names == ()
    assert [piece.text for piece in read.legend] == ["Weekdays", "Weekends"]


def test_the_notes_at_the_foot_are_no_values():
    assert all("1,200" not in row.values for row in chart(*BARS).rows)


def test_columns_stand_over_their_labels():
    assert table(*COLUMNS) == {"May": ("12",), "June": ("19",), "July": ("25",)}


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


def test_a_value_that_was_read_with_its_label_is_one():
    words = [word for word in BARS if word[2] not in {"Lower hut", "17"}]
    assert table(*words, (0.05, 0.40, "Lower hut 17", 0.5))["Lower hut"] == ("17", "64")


def test_years_and_spans_are_labels():
    words = [(0.05, 0.30, "2018"), (0.5, 0.30, "9%"), (0.05, 0.40, "65+"), (0.5, 0.40, "44%")]
    assert table((0.02, 0.03, "Share"), *words) == {"2018": ("9%",), "65+": ("44%",)}


def test_lettering_without_values_is_no_chart():
    assert chart((0.1, 0.1, "A sign"), (0.1, 0.2, "Beware of falling ice")) is None
