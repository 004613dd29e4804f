"""Binary Excel workbooks (.xlsb), made by hand."""

import pytest
from builders_biff12 import cell, row, sheet, write_xlsb
from builders_office import parse, told

from rag.errors import LimitError, SourceError

DATE, PERCENT = 1, 2
CODES = ("yyyy-mm-dd", "0.0%")


def lines(*rows, first=0):
    return [
        row(number, *(cell(column, value) for column, value in enumerate(values)))
        for number, values in enumerate(rows, first)
    ]


def read(tmp_path, *rows, **more):
    return parse(write_xlsb(tmp_path / "a.xlsb", {"Rain": sheet(*rows)}, codes=CODES, **more))


def table(document):
    return next(element.text for element in document.elements if element.role == "table")


def test_each_sheet_is_a_table_under_its_name(tmp_path):
    sheets = {
        "Rain": sheet(*lines(["Year", "mm"], [2020.0, 801.5])),
        "Schnee in Grün": sheet(*lines(["Jahr", "cm"], [2020.0, 44.0])),
        "Empty": sheet(),
    }

    assert told(parse(write_xlsb(tmp_path / "a.xlsb", sheets))) == [
        ("heading", "Rain"),
        ("table", "Year | mm\n2020 | 801.5"),
        ("heading", "Schnee in Grün"),
        ("table", "Jahr | cm\n2020 | 44"),
    ]


def test_values_are_shown_as_their_formats_say(tmp_path):
    rows = lines(["Day", "Share", "Dry"], [(45418.0, DATE), (0.125, PERCENT), True])

    assert table(read(tmp_path, *rows)).splitlines()[1] == "2024-05-06 | 12.5% | TRUE"


def test_cells_far_off_are_refused_before_memory_is_taken_for_all_between(tmp_path):
    rows = [*lines(["a"]), row(1_048_575, cell(16_383, "b"))]

    with pytest.raises(LimitError, match=r"10,000,000 cells.*Save it as \.xlsx"):
        read(tmp_path, *rows)


def test_a_sheet_that_is_cut_off_is_damage(tmp_path):
    data = sheet(row(0, cell(0, "x" * 100)))
    write_xlsb(tmp_path / "a.xlsb", {"Rain": data[: len(data) - 120]})

    with pytest.raises(SourceError, match="damaged"):
        parse(tmp_path / "a.xlsb")
