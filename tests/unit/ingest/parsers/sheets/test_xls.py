"""Excel workbooks from before 2007, made by hand."""

import struct
from datetime import UTC, datetime

import pytest
from builders_biff import cell, dimensions, merged, record, several, write_xls, xls
from builders_office import parse, told

from ingest.parsers.base.how_far import telling
from ingest.parsers.sheets.binary_workbook import asked
from ingest.parsers.sheets.cell_styles import MOST_CELLS, CellBudget, CellStyles
from rag.errors import LimitError, SourceError

DATE, PERCENT, MONEY = (1, 2, 3)
CODES = ("yyyy-mm-dd", "0.0%", '"$"#,##0.00')
FORMULA = 0x06


def rows(*lines, first_row=0, first_column=0):
    return [
        cell(row, column, value)
        for row, line in enumerate(lines, first_row)
        for column, value in enumerate(line, first_column)
    ]


def read(tmp_path, *records, codes=CODES, **more):
    return parse(write_xls(tmp_path / "a.xls", {"Rain": list(records)}, codes=codes, **more))


def table(document):
    return next(element.text for element in document.elements if element.role == "table")


def test_each_sheet_is_a_table_under_its_name(tmp_path):
    path = write_xls(
        tmp_path / "a.xls",
        {
            "Rain": rows(["Year", "mm"], [2020.0, 801.5]),
            "Schnee in Grün": rows(["Jahr", "cm"], [2020.0, 44.0]),
            "Empty": [],
        },
    )

    assert told(parse(path)) == [
        ("heading", "Rain"),
        ("table", "Year | mm\n2020 | 801.5"),
        ("heading", "Schnee in Grün"),
        ("table", "Jahr | cm\n2020 | 44"),
    ]


def test_values_are_shown_as_their_formats_say(tmp_path):
    lines = rows(
        ["Day", "Share", "Price", "Dry"],
        [(45418.0, DATE), (0.125, PERCENT), (1234.5, MONEY), True],
    )

    assert table(read(tmp_path, *lines)).splitlines()[1] == "2024-05-06 | 12.5% | $1,234.50 | TRUE"


def test_numbers_side_by_side_in_one_record_have_their_formats(tmp_path):
    lines = [*rows(["a", "b", "c"]), several(1, 0, [1, 2, 3], style=PERCENT)]

    assert table(read(tmp_path, *lines)).splitlines()[1] == "100.0% | 200.0% | 300.0%"


def test_a_table_that_stands_off_the_corner_keeps_its_formats(tmp_path):
    lines = rows(["Year", "Share"], [2020.0, (0.5, PERCENT)], first_row=4, first_column=3)

    assert table(read(tmp_path, *lines)) == "Year | Share\n2020 | 50.0%"


def test_a_label_that_is_merged_over_rows_stands_in_each(tmp_path):
    lines = rows(["Hut", "Year", "Guests"], ["Alm", 2020.0, 4.0], ["", 2021.0, 5.0])

    assert table(read(tmp_path, *lines, merged(1, 2, 0, 0))).splitlines()[2] == "Alm | 2021 | 5"


def test_a_blank_row_stays_blank_beside_a_merged_label(tmp_path):
    above = rows(["Hut", "Guests"], ["Alm", 20.0], ["", 30.0])
    below = rows(["Pass", "Height"], ["Col", 1200.0], first_row=4)

    document = read(tmp_path, *above, *below, merged(1, 3, 0, 0))

    assert [text for role, text in told(document) if role == "table"] == [
        "Hut | Guests\nAlm | 20\nAlm | 30",
        "Pass | Height\nCol | 1200",
    ]


def test_a_title_that_is_merged_over_columns_stands_once(tmp_path):
    lines = rows(["Rain of the year"], ["Month", "mm"], ["May", 12.5])

    assert told(read(tmp_path, *lines, merged(0, 0, 0, 1)))[1:] == [
        ("heading", "Rain of the year"),
        ("table", "Month | mm\nMay | 12.5"),
    ]


def test_the_day_is_that_of_the_last_change(tmp_path):
    document = read(tmp_path, *rows(["a"]), saved=datetime(2024, 5, 6, 7, tzinfo=UTC))

    assert document.dated == "2024-05-06"


def test_a_locked_workbook_says_what_to_do(tmp_path):
    with pytest.raises(SourceError, match=r"password protected.*without a password"):
        read(tmp_path, *rows(["a"]), locked=True)


def test_a_sheet_that_claims_more_cells_than_there_can_be_is_refused(tmp_path):
    with pytest.raises(LimitError, match="says that it has 1,048,576 rows of 16,384 cells"):
        read(tmp_path, dimensions(1_048_576, 16_384), *rows(["a"]))


def test_a_sheet_that_ends_before_it_begins_is_damage(tmp_path):
    with pytest.raises(SourceError, match="ends before it begins"):
        read(tmp_path, dimensions(3, 2, first_row=0x28000000), *rows(["a"]))


def test_a_first_column_that_can_not_be_is_taken_for_none(tmp_path):
    lines = rows(["Year", "mm"], [2020.0, 801.5])

    assert table(read(tmp_path, dimensions(2, 2, first_column=512), *lines)).endswith("801.5")


@pytest.mark.parametrize("stream", ["WORKBOOK", "Workbook"])
def test_the_stream_may_have_a_name_in_capitals(tmp_path, stream):
    lines = rows(["Year", "mm"], [2020.0, 801.5])

    assert table(read(tmp_path, *lines, stream=stream)).endswith("801.5")


def test_cells_far_off_are_refused_before_memory_is_taken_for_all_between(tmp_path):
    with pytest.raises(LimitError, match=r"10,000,000 cells.*Save it as \.xlsx"):
        read(tmp_path, *rows(["a"]), cell(65_535, 255, "b"))


def test_sheets_share_what_may_be_taken():
    budget = CellBudget(cells=10)
    CellStyles(budget).add(1, 2, 0)

    with pytest.raises(LimitError):
        CellStyles(budget).add(0, 4, 0)


def test_a_cell_off_its_sheet_costs_what_lies_between():
    cells = CellStyles(CellBudget())

    with pytest.raises(LimitError):
        cells.add(0, MOST_CELLS, 0)


@pytest.mark.parametrize("stops", [MemoryError, KeyboardInterrupt])
def test_what_is_no_fault_of_the_file_is_not_told_as_damage(stops):
    def work():
        raise stops

    with pytest.raises(stops):
        asked(work)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_workbook_that_is_cut_off_is_refused(tmp_path, kept):
    data = xls({"Rain": rows(*[["x" * 40] * 20] * 20)})
    (tmp_path / "a.xls").write_bytes(data[: int(len(data) * kept)])

    with pytest.raises(SourceError):
        parse(tmp_path / "a.xls")


def test_a_formula_cut_short_is_damage(tmp_path):
    with pytest.raises(SourceError, match="damaged"):
        read(tmp_path, record(FORMULA, b"\0"))


def test_how_far_a_workbook_is_read_is_told_over_all_of_its_sheets(tmp_path):
    sheet = rows(["Year", "mm"], *([float(n), n % 7 + 0.5] for n in range(2500)))
    path = write_xls(tmp_path / "a.xls", {"Rain": sheet, "Snow": sheet})
    shares = []
    with telling(shares.append, every_s=0):
        parse(path)

    assert shares == pytest.approx([0.0, 0.2, 0.4, 0.5, 0.7, 0.9], abs=0.01)


@pytest.mark.parametrize("following", [0, 3])
def test_parts_that_lead_in_a_circle_are_damage(tmp_path, following):
    data = bytearray(xls({"Rain": rows(["Year", "mm"], [2020.0, 801.5])}))
    (table,) = struct.unpack_from("<L", data, 76)  # the first sector of the FAT
    at = 512 * (1 + table)
    data[at : at + 512] = struct.pack("<L", following) * 128
    (tmp_path / "a.xls").write_bytes(data)

    with pytest.raises(SourceError, match="lead in a circle"):
        parse(tmp_path / "a.xls")


def test_sectors_of_a_size_that_none_have_are_damage(tmp_path):
    data = bytearray(xls({"Rain": rows(["Year", "mm"], [2020.0, 801.5])}))
    data[30] = 47
    (tmp_path / "a.xls").write_bytes(data)

    with pytest.raises(SourceError, match="sectors of a size"):
        parse(tmp_path / "a.xls")
