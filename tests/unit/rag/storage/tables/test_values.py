"""What cells say: numbers, dates, shares, texts."""

import pytest

from rag.storage.tables.values import date_of, kind_and_number, read
from rag.table_qa.planner.table import table_of


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("1,419", "number", 1419.0),
        ("-8.4", "number", -8.4),
        ("2:30.5", "number", 150.5),
        ("1k", "number", 1000.0),
        ("1999", "date", 1999.0),
        ("–", "empty", None),
        ("", "empty", None),
    ],
)
def test_a_cell_is_of_a_kind_and_has_a_number(text, kind, number):
    value = read(text)

    assert (value.kind, value.number) == (kind, number)


def test_dates_are_ordered_as_years_whatever_way_they_are_written():
    written = ["Dec 1998", "1999-01-05", "5 February 1999", "February 6, 1999", "27-Mar-99"]

    told = [date_of(text) for text in written]

    assert told == sorted(told)
    assert date_of("14 March") < date_of("27 Dec")
    assert date_of("Upper hut") is None


@pytest.mark.parametrize(
    ("cells", "language", "numbers"),
    [
        (("1.234", "985"), "de", (1234, 985)),
        (("1.234", "985"), None, (1.234, 985)),
        (("1,234", "12.5"), "fr", (1234, 12.5)),
        (("3.597", "1.847", "732", "14.862"), "en", (3597, 1847, 732, 14862)),
        (("3.597", "1.847", "7"), "en", (3.597, 1.847, 7)),
    ],
)
def test_what_parts_decimals_the_cells_tell_or_the_language_of_the_document(
    cells, language, numbers
):
    table = table_of(["Gäste"], [[cell] for cell in cells], language=language)

    assert table.columns[0].numbers == pytest.approx(numbers)


@pytest.mark.parametrize(
    ("text", "number"),
    [("10^6", 1e6), ("2.5 × 10^-3", 0.0025), ("45 m²", 45), ("~~900~~", None)],
)
def test_a_power_of_ten_counts_and_a_struck_number_does_not(text, number):
    assert read(text).number == number
    assert kind_and_number(text)[1] == number
