"""Excel workbooks from before 2007 (.xls) and binary ones (.xlsb), made by hand."""

import struct

import builders_biff12 as biff12
import pytest
from builders_biff import cell, dimensions, merged, record, write_xls, xls
from builders_office import parse, told

from ingest.parsers.sheets.binary_workbook import asked
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


def binary_rows(lines):
    return [
        biff12.row(n, *(biff12.cell(column, value) for column, value in enumerate(line)))
        for n, line in enumerate(lines)
    ]


def old(path, sheets):
    return write_xls(path, {name: rows(*lines) for name, lines in sheets.items()}, codes=CODES)


def binary(path, sheets):
    made = {name: biff12.sheet(*binary_rows(lines)) for name, lines in sheets.items()}
    return biff12.write_xlsb(path, made, codes=CODES)


def read(tmp_path, *records, codes=CODES, **more):
    return parse(write_xls(tmp_path / "a.xls", {"Rain": list(records)}, codes=codes, **more))


def table(document):
    return next(element.text for element in document.elements if element.role == "table")


@pytest.fixture(params=[("a.xls", old), ("a.xlsb", binary)], ids=["xls", "xlsb"])
def book(request, tmp_path):
    name, write = request.param
    return lambda sheets: parse(write(tmp_path / name, sheets))


def test_each_sheet_is_a_table_under_its_name(book):
    rain, snow = [["Year", "mm"], [2020.0, 801.5]], [["Jahr", "cm"], [2020.0, 44.0]]

    assert told(book({"Rain": rain, "Schnee in Grün": snow, "Empty": []})) == [
        ("heading", "Rain"),
        ("table", "Year | mm\n2020 | 801.5"),
        ("heading", "Schnee in Grün"),
        ("table", "Jahr | cm\n2020 | 44"),
    ]


def test_values_are_shown_as_their_formats_say(book):
    values = [(45418.0, DATE), (0.125, PERCENT), (1234.5, MONEY), True]

    read_back = book({"Rain": [["Day", "Share", "Price", "Dry"], values]})

    assert table(read_back).splitlines()[1] == "2024-05-06 | 12.5% | $1,234.50 | TRUE"


def test_a_blank_row_stays_blank_beside_a_merged_label(tmp_path):
    above = rows(["Hut", "Guests"], ["Alm", 20.0], ["", 30.0])
    below = rows(["Pass", "Height"], ["Col", 1200.0], first_row=4)

    document = read(tmp_path, *above, *below, merged(1, 3, 0, 0))

    assert [text for role, text in told(document) if role == "table"] == [
        "Hut | Guests\nAlm | 20\nAlm | 30",
        "Pass | Height\nCol | 1200",
    ]


def test_a_locked_workbook_says_what_to_do(tmp_path):
    with pytest.raises(SourceError, match=r"password protected.*--password-file"):
        read(tmp_path, *rows(["a"]), locked=True)


def test_a_sheet_that_claims_more_cells_than_there_can_be_is_refused(tmp_path):
    with pytest.raises(LimitError, match="says that it has 1,048,576 rows of 16,384 cells"):
        read(tmp_path, dimensions(1_048_576, 16_384), *rows(["a"]))


def test_cells_far_off_are_refused_before_memory_is_taken_for_all_between(tmp_path):
    with pytest.raises(LimitError, match=r"10,000,000 cells.*Save it as \.xlsx"):
        read(tmp_path, *rows(["a"]), cell(65_535, 255, "b"))
    far = biff12.row(1_048_575, biff12.cell(16_383, "b"))
    path = biff12.write_xlsb(tmp_path / "a.xlsb", {"Rain": biff12.sheet(*binary_rows("a"), far)})
    with pytest.raises(LimitError, match=r"10,000,000 cells.*Save it as \.xlsx"):
        parse(path)


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


def test_a_binary_sheet_that_is_cut_off_is_damage(tmp_path):
    data = biff12.sheet(biff12.row(0, biff12.cell(0, "x" * 100)))
    biff12.write_xlsb(tmp_path / "a.xlsb", {"Rain": data[: len(data) - 120]})

    with pytest.raises(SourceError, match="damaged"):
        parse(tmp_path / "a.xlsb")
