"""OpenDocument sheets (.ods): values as they are shown, and the pictures. Nothing is computed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ingest.parsers.base.elements import document_of, heading, meaningful_title
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.office import XmlNode
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.odf.odf import MAX_REPEAT, NAMES, OdfPackage, cell_text, name, number
from ingest.parsers.sheets.sheets import MAX_COLUMNS, SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings


def parse_odf_sheets(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODS."""
    pictures, reader = Pictures(assets), SheetReader(partial(assets.put_rows, file.sha256))
    elements: list[Element] = []
    with OdfPackage(file, pictures, settings=settings) as package:
        sheets = package.body("office:spreadsheet").findall("table:table", NAMES)
        for at, sheet in enumerate(sheets):
            made = reader.elements(_rows(sheet, at=at, count=len(sheets)))
            for frame in sheet.iter(name("draw:frame")):
                made += package.picture(frame)
            elements += [*heading(sheet.get(name("table:name"), ""), 1), *made] if made else []
        title = package.title()
    return document_of(
        file,
        elements,
        title=meaningful_title(title),
        warnings=(*reader.warnings, *pictures.warnings),
    )


def _rows(sheet: XmlNode, *, at: int, count: int) -> Iterator[list[str]]:
    """Yield the rows of one of `count` sheets as text; a blank one once, however often it comes."""
    kind = name("table:table-row")
    height = sum(1 for _ in sheet.iter(kind))
    for row in sheet_looked_through(sheet.iter(kind), number=at, count=count, height=height):
        cells = _cells(row)
        repeat = min(number(row, "table:number-rows-repeated", 1), MAX_REPEAT)
        for _ in range(repeat if any(cells) else 1):
            yield cells


def _cells(row: XmlNode) -> list[str]:
    cells: list[str] = []
    for node in row:
        if node.tag in {name("table:table-cell"), name("table:covered-table-cell")}:
            repeat = number(node, "table:number-columns-repeated", 1)
            cells += [cell_text(node)] * min(repeat, MAX_COLUMNS + 1 - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells
