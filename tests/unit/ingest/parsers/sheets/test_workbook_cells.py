"""Sheets from their XML: what a cell shows is what openpyxl would tell of it."""

import datetime as dt
import zipfile
from contextlib import closing

import openpyxl
import pytest

from ingest.parsers.sheets.sheets import MergedCells
from ingest.parsers.sheets.workbook import rows_of
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
        return list(rows_of(read.worksheets[0], MergedCells()))


def test_values_are_shown_by_their_kind_and_format(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", 12, 0.5, True, dt.date(2024, 2, 29), dt.timedelta(hours=30), 1234.5])
    formats = {"C1": "0%", "G1": "#,##0.00"}
    for cell, code in formats.items():
        book.active[cell].number_format = code

    (row,) = shown(tmp_path, book=book)

    assert row == ["a", "12", "50%", "TRUE", "2024-02-29", "30:00:00", "1,234.50"]


@pytest.mark.parametrize(
    "xml",
    [
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData><row>',
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="x"/></sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}"><row><c r="A1" t="s"><v>9</v></c></row></worksheet>',
        f'<worksheet xmlns="{MAIN}"><row><c r="A1" s="99"><v>9</v></c></row></worksheet>',
    ],
)
def test_what_is_no_sheet_has_a_reason(tmp_path, xml):
    with pytest.raises(SourceError, match="damaged"):
        shown(tmp_path, xml=xml)
