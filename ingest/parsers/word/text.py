"""The blocks of a Word document in order, its tables as grids, its headers and footers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from docx.opc.constants import RELATIONSHIP_TYPE

from ingest.parsers.base.elements import one_line
from ingest.parsers.base.grid import MAX_SPAN, Slot, split_titles, tidy
from ingest.parsers.base.office.markup import NAMESPACES, XmlNode, name
from ingest.parsers.word.runs import TRANSPARENT, is_on, read_paragraph, value

_BLOCKS: Final = frozenset(map(name, ("w:p", "w:tbl", "w:altChunk")))


_ROW: Final = frozenset({name("w:tr")})
_CELL: Final = frozenset({name("w:tc")})


def blocks(parent: XmlNode) -> Iterator[XmlNode]:
    """Yield the paragraphs, tables and parts of other formats in a body, cell or box, in order."""
    return _through(parent, _BLOCKS)


def _through(parent: XmlNode, tags: frozenset[str]) -> Iterator[XmlNode]:
    """Yield children of these names, also those in content controls and insertions."""
    for node in parent:
        if node.tag in tags:
            yield node
        elif node.tag in TRANSPARENT:
            yield from _through(node, tags)


def text_boxes(drawing: XmlNode) -> list[XmlNode]:
    """Return the contents of the text boxes in a drawing; old copies of them are left out."""
    return [
        box
        for box in drawing.iter(name("w:txbxContent"))
        if not any(parent.tag == name("mc:Fallback") for parent in box.iterancestors())
    ]


LAYOUT_LETTERS: Final = 600
"""Cells with more words than this hold text that was placed, not data."""


def rows_of(table: XmlNode) -> Iterator[XmlNode]:
    return _through(table, _ROW)


def cells_of(row: XmlNode) -> Iterator[XmlNode]:
    return _through(row, _CELL)


def cell_texts(table: XmlNode) -> list[list[str]]:
    """Return the words of each cell, row by row."""
    return [[cell_text(cell) for cell in cells_of(row)] for row in rows_of(table)]


def is_layout(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a table only places text: one column, or long prose in one or two rows."""
    if max((sum(map(bool, row)) for row in rows), default=0) <= 1:
        return True
    few = 2
    return len(rows) <= few and any(len(text) > LAYOUT_LETTERS for row in rows for text in row)


def read_table(table: XmlNode, texts: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the titles at the table's top, and its rows, header first; `texts`: `cell_texts`."""
    grid: list[list[Slot]] = []
    marked: list[bool] = []
    for row, words in zip(rows_of(table), texts, strict=True):
        grid.append(_slots(row, words, grid[-1] if grid else []))
        marked.append(row.find("w:trPr/w:tblHeader", NAMESPACES) is not None)
    titles, rest = split_titles(grid)
    heads = marked[len(grid) - len(rest) :]
    count = heads.index(False) if False in heads else len(heads)
    return titles, tidy(rest, header_rows=count or None)


def _slots(row: XmlNode, texts: Sequence[str], above: list[Slot]) -> list[Slot]:
    """Return the squares of a row; a cell that goes on from above has that one's text."""
    slots = [Slot() for _ in range(_number(value(row, "w:trPr/w:gridBefore")))]
    for cell, words in zip(cells_of(row), texts, strict=True):
        merge = cell.find("w:tcPr/w:vMerge", NAMESPACES)
        goes_on = merge is not None and merge.get(name("w:val"), "continue") == "continue"
        is_above = goes_on and not words and len(slots) < len(above)
        text = above[len(slots)].text if is_above else words
        span = max(1, _number(value(cell, "w:tcPr/w:gridSpan")))
        slots += [Slot(text, is_spread=nth > 0) for nth in range(span)]
    return slots


def _number(text: str) -> int:
    return min(int(text), MAX_SPAN) if text.isdecimal() else 0


def cell_text(cell: XmlNode) -> str:
    """Return a cell's words on one line; items of a list and rows inside are divided by `;`."""
    made = ""
    for block in blocks(cell):
        words = _nested_text(block) if block.tag == name("w:tbl") else read_paragraph(block).text
        if words.strip():
            made += ("; " if made and _is_item(block) else "\n") + words
    return one_line(made)


def _is_item(block: XmlNode) -> bool:
    is_numbered = block.find("w:pPr/w:numPr", NAMESPACES) is not None
    return is_numbered or value(block, "w:pPr/w:pStyle").startswith("List")


def _nested_text(table: XmlNode) -> str:
    rows = filter(any, cell_texts(table))
    return "; ".join(", ".join(filter(None, row)) for row in rows)


RootOf = Callable[[str], XmlNode | None]
"""Returns the XML behind the id or the type of a relationship; None where there is none."""

_CELL_GAP: Final = "\t"


def shown_margins(body: XmlNode, kind: str, *, root_of: RootOf) -> Iterator[str]:
    """Yield the lines of the headers (`kind` header) or footers of a body's sections."""
    settings = root_of(RELATIONSHIP_TYPE.SETTINGS)
    has_even = is_on(settings, "w:evenAndOddHeaders")
    for section in body.iter(name("w:sectPr")):
        shown = {"default": True, "first": is_on(section, "w:titlePg"), "even": has_even}
        for reference in section.findall(f"w:{kind}Reference", NAMESPACES):
            root = root_of(reference.get(name("r:id"), ""))
            if root is not None and shown.get(reference.get(name("w:type"), "default")):
                yield from _lines(root)


def _lines(parent: XmlNode) -> Iterator[str]:
    for block in blocks(parent):
        if block.tag == name("w:tbl"):
            yield from (_CELL_GAP.join(map(cell_text, cells_of(row))) for row in rows_of(block))
            continue
        content = read_paragraph(block)
        yield content.text
        for drawing in content.drawings:
            for box in text_boxes(drawing):
                yield from _lines(box)
