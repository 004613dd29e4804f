"""Binary Excel workbooks (.xlsb), made by hand."""

import pytest
from builders_biff12 import cell, row, shared, sheet, size, whole, write_xlsb
from builders_office import parse, told

from ingest.parsers.base.how_far import telling
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


def test_shared_strings_and_short_numbers_are_read(tmp_path):
    rows = [
        row(0, shared(0, 1), shared(1, 0)),
        row(1, whole(0, 2020), whole(1, 3, style=PERCENT)),
    ]

    assert table(read(tmp_path, *rows, strings=("Share", "Year"))) == "Year | Share\n2020 | 300.0%"


def test_cells_far_off_are_refused_before_memory_is_taken_for_all_between(tmp_path):
    rows = [*lines(["a"]), row(1_048_575, cell(16_383, "b"))]

    with pytest.raises(LimitError, match=r"10,000,000 cells.*Save it as \.xlsx"):
        read(tmp_path, *rows)


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path):
    data = sheet(*lines(["Year", "mm"], [2020.0, 801.5]), claimed=size(1_048_576, 16_384))
    document = parse(write_xlsb(tmp_path / "a.xlsb", {"Rain": data}))

    assert table(document) == "Year | mm\n2020 | 801.5"


def test_a_sheet_that_is_cut_off_is_damage(tmp_path):
    data = sheet(row(0, cell(0, "x" * 100)))
    write_xlsb(tmp_path / "a.xlsb", {"Rain": data[: len(data) - 120]})

    with pytest.raises(SourceError, match="damaged"):
        parse(tmp_path / "a.xlsb")


def test_how_far_a_workbook_is_read_is_told_over_all_of_its_sheets(tmp_path):
    snow = sheet(*lines(["Year", "mm"], *([float(n), n % 7 + 0.5] for n in range(2500))))
    path = write_xlsb(tmp_path / "a.xlsb", {"Rain": snow, "Snow": snow})
    shares = []
    with telling(shares.append, every_s=0):
        parse(path)

    assert shares == pytest.approx([0.0, 0.2, 0.4, 0.5, 0.7, 0.9], abs=0.01)
