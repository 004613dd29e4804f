"""The content of Word paragraphs and tables. Knows WordprocessingML.

Tracked deletions, hidden text and field codes are left out; insertions are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ingest.parsers.base.elements import one_line
from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked
from ingest.parsers.base.grid import MAX_SPAN, Slot, split_titles, tidy
from ingest.parsers.base.math_text import math_text
from ingest.parsers.base.office import XmlNode, name

_TRANSPARENT: Final = frozenset(
    name(tag)
    for tag in (
        *("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:hyperlink"),
        *("w:fldSimple", "w:dir", "w:bdo", "w:ruby", "w:rubyBase", "mc:AlternateContent"),
        "mc:Choice",
    )
)
_SIGNS: Final = {
    name("w:tab"): "\t",
    name("w:br"): "\n",
    name("w:cr"): "\n",
    name("w:noBreakHyphen"): "-",
    name("w:ptab"): "\t",
}
_PLACES: Final[dict[str, Place]] = {"superscript": "raised", "subscript": "lowered"}
_DRAWINGS: Final = frozenset(name(tag) for tag in ("w:drawing", "w:pict", "w:object"))
_NOTES: Final = frozenset(name(tag) for tag in ("w:footnoteReference", "w:endnoteReference"))
_MATH: Final = frozenset({name("m:oMath"), name("m:oMathPara")})


@dataclass(slots=True)
class Content:
    """What a paragraph holds. `is_bold`: all its words are."""

    runs: list[Run] = field(default_factory=list)
    drawings: list[XmlNode] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # tag, id
    is_bold: bool = True

    @property
    def text(self) -> str:
        return marked(self.runs)


def read_paragraph(paragraph: XmlNode) -> Content:
    content = Content()
    for node in _inline(paragraph):
        if node.tag == name("w:r"):
            _read_run(node, content)
        elif node.tag in _MATH:
            content.runs.append((math_text(node), PLAIN))
    return content


def _inline(parent: XmlNode) -> Iterator[XmlNode]:
    """Yield the runs and formulas in a paragraph, also those in links and insertions."""
    for node in parent:
        if node.tag in _TRANSPARENT:
            yield from _inline(node)
        else:
            yield node


def _read_run(run: XmlNode, content: Content) -> None:
    properties = run.find(name("w:rPr"))
    if _is_on(properties, "w:vanish"):
        return
    bold, look = _is_on(properties, "w:b"), look_of(properties)
    for node in _inline(run):
        if node.tag == name("w:r"):  # the base of a phonetic guide
            _read_run(node, content)
            continue
        text = node.text or "" if node.tag == name("w:t") else _SIGNS.get(node.tag, "")
        content.runs.append((text, look))
        if text.strip():
            content.is_bold = content.is_bold and bold
        if node.tag in _DRAWINGS:
            content.drawings.append(node)
        elif node.tag in _NOTES:
            content.notes.append((node.tag, node.get(name("w:id"), "")))


def look_of(properties: XmlNode | None) -> Look:
    """Return how words with these properties look."""
    if properties is None:
        return PLAIN
    align = properties.find(name("w:vertAlign"))
    place = _PLACES.get(align.get(name("w:val"), "")) if align is not None else None
    is_struck = _is_on(properties, "w:strike") or _is_on(properties, "w:dstrike")
    return Look(is_struck, place or "") if is_struck or place else PLAIN


def _is_on(properties: XmlNode | None, tag: str) -> bool:
    node = None if properties is None else properties.find(name(tag))
    return node is not None and node.get(name("w:val"), "1") not in {"0", "false", "off"}


def blocks(parent: XmlNode) -> Iterator[XmlNode]:
    """Yield the paragraphs and tables in a body, cell, note or text box, in order."""
    for node in parent:
        if node.tag in {name("w:p"), name("w:tbl")}:
            yield node
        elif node.tag in _TRANSPARENT:
            yield from blocks(node)


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
    return (row for row in _through(table, "w:tr"))


def cells_of(row: XmlNode) -> Iterator[XmlNode]:
    return (cell for cell in _through(row, "w:tc"))


def _through(parent: XmlNode, tag: str) -> Iterator[XmlNode]:
    """Yield children of this name, also those in content controls and insertions."""
    for node in parent:
        if node.tag == name(tag):
            yield node
        elif node.tag in {name("w:sdt"), name("w:sdtContent"), name("w:ins"), name("w:customXml")}:
            yield from _through(node, tag)


def is_layout(table: XmlNode) -> bool:
    """Say whether a table only places text: one column, or long prose in one or two rows."""
    rows = [[_cell_text(cell) for cell in cells_of(row)] for row in rows_of(table)]
    if max((sum(map(bool, row)) for row in rows), default=0) <= 1:
        return True
    few = 2
    return len(rows) <= few and any(len(text) > LAYOUT_LETTERS for row in rows for text in row)


def read_table(table: XmlNode) -> tuple[list[str], list[list[str]]]:
    """Return the titles at the table's top, and its rows, header first."""
    grid: list[list[Slot]] = []
    marked: list[bool] = []
    for row in rows_of(table):
        grid.append(_slots(row, grid[-1] if grid else []))
        marked.append(row.find(f"{name('w:trPr')}/{name('w:tblHeader')}") is not None)
    titles, rest = split_titles(grid)
    heads = marked[len(grid) - len(rest) :]
    count = heads.index(False) if False in heads else len(heads)
    return titles, tidy(rest, header_rows=count or None)


def _slots(row: XmlNode, above: list[Slot]) -> list[Slot]:
    """Return the squares of a row; a cell that goes on from above has that one's text."""
    slots = [Slot() for _ in range(_number(row, "w:trPr", "w:gridBefore"))]
    for cell in cells_of(row):
        merge = cell.find(f"{name('w:tcPr')}/{name('w:vMerge')}")
        goes_on = merge is not None and merge.get(name("w:val"), "continue") == "continue"
        text = _cell_text(cell)
        if goes_on and not text and len(slots) < len(above):
            text = above[len(slots)].text
        span = max(1, _number(cell, "w:tcPr", "w:gridSpan"))
        slots += [Slot(text, is_spread=nth > 0) for nth in range(span)]
    return slots


def _number(node: XmlNode, properties: str, tag: str) -> int:
    found = node.find(f"{name(properties)}/{name(tag)}")
    text = "" if found is None else found.get(name("w:val"), "")
    return min(int(text), MAX_SPAN) if text.isdecimal() else 0


def _cell_text(cell: XmlNode) -> str:
    """Return a cell's words on one line; the rows of a table inside it are divided by `;`."""
    parts = []
    for block in blocks(cell):
        if block.tag == name("w:p"):
            parts.append(one_line(read_paragraph(block).text))
        else:
            parts.append(_nested_text(block))
    return " ".join(part for part in parts if part)


def _nested_text(table: XmlNode) -> str:
    rows = ([_cell_text(cell) for cell in cells_of(row)] for row in rows_of(table))
    return "; ".join(", ".join(text for text in row if text) for row in rows if any(row))
