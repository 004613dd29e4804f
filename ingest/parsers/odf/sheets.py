"""OpenDocument sheets (.ods): values as they are shown, nothing is computed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from openpyxl.utils import get_column_letter

from ingest.parsers.base.elements import text_element
from ingest.parsers.base.office.markup import XmlNode
from ingest.parsers.odf.odf import MAX_REPEAT, NAMES, OdfPackage, cell_text, lines_of, name, number
from ingest.parsers.sheets.sheet_extras import MergedCells, cell_note
from ingest.parsers.sheets.sheets import MAX_COLUMNS, WIDEST, SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_CELLS: Final = frozenset(map(name, ["table:table-cell", "table:covered-table-cell"]))


def parse_odf_sheets(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODS."""
    elements: list[Element] = []
    with OdfPackage(file, assets, settings=settings) as package:
        body = package.body("office:spreadsheet")
        styles = _hidden_styles(body.getparent().getparent())
        sheets = body.findall("table:table", NAMES)
        reader = SheetReader(partial(assets.put_rows, file.sha256), sheets=len(sheets))
        for sheet in sheets:
            elements += reader.sheet(
                sheet.get(name("table:name"), ""),
                _rows(sheet),
                height=sum(1 for _ in sheet.iter(name("table:table-row"))),
                is_hidden=sheet.get(name("table:style-name")) in styles,
                extra=_extra_elements(sheet, package),
            )
        return package.document(elements, named_by=(), notes=reader.warnings)


def _hidden_styles(root: XmlNode) -> frozenset[str]:
    styles = root.iterfind("office:automatic-styles/style:style", NAMES)
    return frozenset(
        style.get(name("style:name"), "")
        for style in styles
        for how in style.findall("style:table-properties", NAMES)
        if how.get(name("table:display")) == "false"
    )


def _extra_elements(sheet: XmlNode, package: OdfPackage) -> list[Element]:
    elements: list[Element] = []
    for frame in sheet.iter(name("draw:frame")):
        elements += package.picture(frame)
    for shape in sheet.iter(f"{{{NAMES['draw']}}}*"):
        if shape.find("text:p", NAMES) is not None:
            elements += text_element("\n".join(lines_of(shape)))
    return elements + [e for note in _notes(sheet) for e in text_element(note)]


def _notes(sheet: XmlNode) -> Iterator[str]:
    """Yield the notes on cells, each with who wrote it on which cell."""
    place, kind = 1, name("office:annotation")
    has_notes = next(sheet.iter(kind), None) is not None
    for row in sheet.iter(name("table:table-row")) if has_notes else ():
        for note in row.iter(kind):
            author = note.findtext("dc:creator", "", NAMES)
            before = note.getparent().itersiblings(*_CELLS, preceding=True)
            column = 1 + sum(number(cell, "table:number-columns-repeated", 1) for cell in before)
            cell = f"{get_column_letter(min(column, WIDEST))}{place}"
            yield cell_note(author, cell, "\n".join(lines_of(note)))
        place += number(row, "table:number-rows-repeated", 1)


def _rows(sheet: XmlNode) -> Iterator[list[str]]:
    """Yield the rows of a sheet as text; a blank one once, however often it comes."""
    merged, place = MergedCells(), 0
    for row in sheet.iter(name("table:table-row")):
        cells = _cells(row, merged, place)
        times = number(row, "table:number-rows-repeated", 1)
        for nth in range(min(times, MAX_REPEAT) if any(cells) else 1):
            yield merged.fill(place + nth, [*cells])
        place += times


def _cells(row: XmlNode, merged: MergedCells, place: int) -> list[str]:
    """Return the cells of a row, and tell where they go on in the rows below."""
    cells: list[str] = []
    for node in row:
        if node.tag in _CELLS:
            spanned = number(node, "table:number-rows-spanned", 1)
            merged.add(place, len(cells), place + spanned - 1)
            repeat = number(node, "table:number-columns-repeated", 1)
            cells += [cell_text(node)] * min(repeat, MAX_COLUMNS + 1 - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells
