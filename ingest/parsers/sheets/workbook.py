"""Excel workbooks (.xlsx, .xlsm): values as they are shown, sheet by sheet, and the pictures.

Formulas are never computed: their stored value is read, or their text where none is stored.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openpyxl import load_workbook

from ingest.files.archive import open_checked
from ingest.files.formats import XLSX
from ingest.parsers.base.elements import document_of, heading, meaningful_title
from ingest.parsers.base.number_format import shown
from ingest.parsers.base.office import open_package
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.sheets.sheets import SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_ROWS_READ: Final = 1_100_000
"""More than any sheet has; blank rows without end are not walked."""

BLANK_RUN: Final = 10_000
"""After so many blank rows a sheet is taken to have ended."""

_FORMULA: Final = re.compile(rb"<f[ />]")
_BLOCK_BYTES: Final = 1 << 20


class WorkbookParser:
    """XLSX through openpyxl, read row by row."""

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings

    @property
    def media_types(self) -> frozenset[str]:
        return frozenset({XLSX.media_type})

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        path = Path(file.path)
        pictures = Pictures(assets)
        reader = SheetReader()
        with open_checked(path, settings=self._settings) as archive:
            has_formulas = _has_formulas(archive)
            figures = [f for data in media(archive) for f in pictures.figure(data)]
        values = self._open(path, data_only=True)
        formulas = self._open(path, data_only=False) if has_formulas else None
        elements: list[Element] = []
        for sheet_name in values.sheetnames:
            rows = _rows(values, formulas, sheet_name)
            elements += _sheet(sheet_name, reader.elements(rows))
        title = values.properties.title
        values.close()
        return document_of(
            file,
            (*elements, *figures),
            title=meaningful_title(title),
            warnings=(*reader.warnings, *pictures.warnings),
        )

    def _open(self, path: Path, *, data_only: bool) -> Workbook:
        def load(name: str) -> Workbook:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl's remarks on parts that it leaves out
                return load_workbook(name, read_only=True, data_only=data_only, keep_links=False)

        return open_package(path, load, settings=self._settings)


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    for name in sheets:
        with archive.open(name) as stream:
            while block := stream.read(_BLOCK_BYTES):
                if _FORMULA.search(block):
                    return True
    return False


def media(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the picture files of a workbook that is a zip archive."""
    for name in archive.namelist():
        if name.startswith("xl/media/"):
            yield archive.read(name)


def _sheet(sheet_name: str, elements: list[Element]) -> list[Element]:
    """Return a sheet's elements under its name; nothing for an empty sheet."""
    return heading(sheet_name, 1) + elements if elements else []


def _rows(values: Workbook, formulas: Workbook | None, sheet_name: str) -> Iterator[list[str]]:
    """Yield the rows of one sheet as text. A chart sheet has none."""
    cells = _cells(values[sheet_name])
    if formulas is None:
        yield from ([_text(cell) for cell in row] for row in cells)
        return
    for row, formula_row in zip(cells, _cells(formulas[sheet_name]), strict=False):
        yield [
            _text(cell) or _formula(other) for cell, other in zip(row, formula_row, strict=False)
        ]


def _cells(sheet: Any) -> Iterator[Iterable[Any]]:  # noqa: ANN401 - one of several sheet classes
    if not hasattr(sheet, "iter_rows"):
        return
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # what a file says of its size is not believed
    blank = 0
    for row in sheet.iter_rows(max_row=MAX_ROWS_READ):
        blank = 0 if any(cell.value is not None for cell in row) else blank + 1
        if blank > BLANK_RUN:
            return
        yield row


def _text(cell: Any) -> str:  # noqa: ANN401 - one of several cell classes
    code = getattr(cell, "number_format", None) or "General"
    return shown(cell.value, code).strip()


def _formula(cell: Any) -> str:  # noqa: ANN401 - as above
    """Return the text of a formula whose value is not stored."""
    value = getattr(cell.value, "text", cell.value)  # array formulas are objects
    return str(value) if isinstance(value, str) and value.startswith("=") else ""
