"""Sheets from their XML: what a cell shows is what openpyxl would tell of it."""

import datetime as dt
import zipfile
from contextlib import closing

import openpyxl
import pytest

from ingest.parsers.sheets.sheet_xml import rows_of
from rag.errors import SourceError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def shown(tmp_path, rows="", *, xml=None, book=None):
    """Return what a sheet shows; `xml` stands in place of its own, `rows` in its data."""
    path, made = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    (book or openpyxl.Workbook()).save(path)
    whole = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            is_sheet = name.startswith("xl/worksheets/") and book is None
            new.writestr(name, (xml or whole) if is_sheet else old.read(name))
    with closing(openpyxl.load_workbook(made, read_only=True, data_only=True)) as read:
        return list(rows_of(read.worksheets[0]))


def test_values_are_shown_by_their_kind_and_format(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", 12, 0.5, True, dt.date(2024, 2, 29), dt.timedelta(hours=30), 1234.5])
    formats = {"C1": "0%", "G1": "#,##0.00"}
    for cell, code in formats.items():
        book.active[cell].number_format = code

    (row,) = shown(tmp_path, book=book)

    assert row == ["a", "12", "50%", "TRUE", "2024-02-29", "1 day, 6:00:00", "1,234.50"]


def test_rows_and_cells_that_the_file_leaves_out_are_blank(tmp_path):
    rows = '<row r="2"><c r="C2"><v>7</v></c></row><row r="4"><c><v>8</v></c><c><v>9</v></c></row>'

    assert shown(tmp_path, rows) == [[], ["", "", "7"], [], ["8", "9"]]


def test_texts_within_a_cell_are_joined_without_their_reading(tmp_path):
    cell = '<is><r><t>Sn</t></r><r><t>ow</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is>'

    assert shown(tmp_path, f'<row r="1"><c r="A1" t="inlineStr">{cell}</c></row>') == [["Snow"]]


def test_a_formula_without_a_value_is_its_text_also_where_it_was_moved(tmp_path):
    first = '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1+1</f></c></row>'
    moved = '<row r="2"><c r="A2"><f t="shared" si="0"/></c><c r="B2"><f>A1</f><v>3</v></c></row>'

    assert shown(tmp_path, first + moved) == [["=B1+1"], ["=B2+1", "3"]]


@pytest.mark.parametrize(
    "xml",
    [
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData><row>',
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="x"/></sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}"><row><c r="A1" t="s"><v>9</v></c></row></worksheet>',
        f'<worksheet xmlns="{MAIN}"><row><c r="A1" s="99"><v>9</v></c></row></worksheet>',
        f'<!DOCTYPE a [<!ENTITY b "b">]><worksheet xmlns="{MAIN}"/>',
    ],
)
def test_what_is_no_sheet_has_a_reason(tmp_path, xml):
    with pytest.raises(SourceError, match="damaged"):
        shown(tmp_path, xml=xml)
