"""Which rows at the top of a table head its columns."""

import pytest

from ingest.parsers.base.grid import count_header_rows

WORDS_ABOVE_NUMBERS = [
    "Surname Room/Adler North/Brandt South/Cohen 12/Dorn 14",
    "Name Grade Note/Ida A good/Jon B _/Kim C late/Lea 4 _",
    "Name Grade _/Ida A good/Jon B _/Lea 4 _",
    "Land Stadt Satz/Hessen Kassel keine/Sachsen Pirna 7,5",
    "No Room/1 North/2 12/3 14",
    "_ Room/Adler North/Cohen 12/Dorn 14",
    "_ _ Surname Room/_ _ Adler North/_ _ Cohen 12",
]
MORE_HEADERS = [
    ("Time Temp Wind/s °C km/h/0 20 31/1 21 30", 2),
    ("Hut Height Beds/_ m _/Alm 1800 12", 2),
    ("Hut Height/(name) (m)/Alm 1800", 2),
    ("Zone 2023 2023 2022 2022/Area Sales Costs Sales Costs/A 1 2 3 4", 2),
    ("Zone 2023 _ 2022 _/_ Sales Costs Sales Costs/A 1 2 3 4", 2),
    ("Zone Sales Sales/Zone North South/_ t t/A 1 2", 3),
    ("_ 2023 2022/Region Actual Budget/A 1 2", 2),
]


def grid(text):
    return [row.replace("_", "").split(" ") for row in text.split("/")]


@pytest.mark.parametrize("text", WORDS_ABOVE_NUMBERS)
def test_rows_of_words_above_the_first_number_are_data(text):
    assert count_header_rows(grid(text)) == 1


@pytest.mark.parametrize(("text", "count"), MORE_HEADERS)
def test_units_repeated_and_missing_names_show_another_header_row(text, count):
    rows = grid(text.replace("km/h", "km\\h"))

    assert count_header_rows(rows) == count


def test_a_table_of_numbers_alone_has_no_header():
    assert count_header_rows(grid("A 1 2/B 3 4")) == 0
