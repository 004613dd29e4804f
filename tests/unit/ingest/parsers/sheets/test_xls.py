"""Excel workbooks from before 2007 (.xls), made by hand."""

import struct

import pytest
from builders_biff import cell, merged, record, write_xls, xls
from builders_office import parse, told

from rag.errors import SourceError

DATE, PERCENT, MONEY = (1, 2, 3)
CODES = ("yyyy-mm-dd", "0.0%", '"$"#,##0.00')
FORMULA = 0x06


def rows(*lines, first_row=0):
    return [
        cell(row, column, value)
        for row, line in enumerate(lines, first_row)
        for column, value in enumerate(line)
    ]


def read(tmp_path, *records, **more):
    return parse(write_xls(tmp_path / "a.xls", {"Rain": list(records)}, codes=CODES, **more))


def tables(document):
    return [text for role, text in told(document) if role == "table"]


def test_each_sheet_is_a_table_under_its_name_with_values_as_their_formats_say(tmp_path):
    values = [(45418.0, DATE), (0.125, PERCENT), (1234.5, MONEY), True]
    rain, snow = rows(["Day", "Share", "Price", "Dry"], values), rows(["Jahr"], [2020.0])
    sheets = {"Rain": rain, "Schnee in Grün": snow, "Empty": []}

    assert told(parse(write_xls(tmp_path / "a.xls", sheets, codes=CODES))) == [
        ("heading", "Rain"),
        ("table", "Day | Share | Price | Dry\n2024-05-06 | 12.5% | $1,234.50 | TRUE"),
        ("heading", "Schnee in Grün"),
        ("table", "Jahr\n2020"),
    ]


def test_a_blank_row_stays_blank_beside_a_merged_label(tmp_path):
    above = rows(["Hut", "Guests"], ["Alm", 20.0], ["", 30.0])
    below = rows(["Pass", "Height"], ["Col", 1200.0], first_row=4)

    document = read(tmp_path, *above, *below, merged(1, 3, 0, 0))

    assert tables(document) == [
        "Hut | Guests\nAlm | 20\nAlm | 30",
        "Pass | Height\nCol | 1200",
    ]


def test_a_locked_workbook_says_what_to_do(tmp_path):
    with pytest.raises(SourceError, match=r"password protected.*--password-file"):
        read(tmp_path, *rows(["a"]), locked=True)


def test_cells_far_off_take_no_memory_for_all_between(tmp_path):
    document = read(tmp_path, *rows(["a", "b"]), cell(65_535, 255, "c"))

    assert tables(document) == ["a | b | \n |  | c"]


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

    with pytest.raises(SourceError):
        parse(tmp_path / "a.xls")
