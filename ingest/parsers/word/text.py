"""The text of a Word document: paragraphs, blocks in order, tables as grids, headers and footers.

Of paragraphs words, signs, form fields, drawings, notes. Tracked deletions, hidden text and field
codes are left out; insertions are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from docx.opc.constants import RELATIONSHIP_TYPE

from ingest.parsers.base.elements import one_line, titled_table
from ingest.parsers.base.formatting import (
    PLAIN,
    SCRIPTS,
    TICKED,
    UNTICKED,
    Look,
    Run,
    marked,
    math_text,
    shown_in,
)
from ingest.parsers.base.grid import MAX_SPAN, Slot
from ingest.parsers.base.office import NAMESPACES, PAGE_NUMBER, XmlNode, name
from rag.datamodel import Element

TRANSPARENT: Final = frozenset(
    map(
        name,
        "w:sdt w:sdtContent w:ins w:moveTo w:smartTag w:customXml w:hyperlink w:fldSimple w:dir "
        "w:bdo w:ruby w:rubyBase mc:AlternateContent mc:Choice".split(),
    )
)
_SIGNS: Final = {
    name("w:tab"): "\t",
    name("w:br"): "\n",
    name("w:cr"): "\n",
    name("w:noBreakHyphen"): "-",
    name("w:ptab"): "\t",
}
_HEX: Final = re.compile(r"(?!D[89A-F])[0-9A-F]{4}", re.IGNORECASE).fullmatch
_PAGE_FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
DRAWINGS: Final = frozenset(map(name, ("w:drawing", "w:pict", "w:object")))
_NOTES: Final = frozenset(
    map(name, ("w:footnoteReference", "w:endnoteReference", "w:commentReference"))
)
_MATH: Final = frozenset({name("m:oMath"), name("m:oMathPara")})


@dataclass(slots=True)
class Content:
    """What a paragraph holds. `is_bold`: all its words are."""

    runs: list[Run] = field(default_factory=list)
    drawings: list[XmlNode] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # tag, id
    is_bold: bool = True
    instruction: str = ""  # of the field at hand
    is_field_shown: bool = False  # what follows up to its end repeats its value

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
        elif node.tag == name("w:fldSimple"):
            content.runs.append((PAGE_NUMBER, PLAIN))
    return content


def _is_of_pages(instruction: str) -> bool:
    return not _PAGE_FIELDS.isdisjoint(instruction.upper().split()[:1])


def _inline(parent: XmlNode) -> Iterator[XmlNode]:
    """Yield the runs and formulas in a paragraph, also those in links and insertions."""
    for node in parent:
        if node.tag in TRANSPARENT and not _is_of_pages(node.get(name("w:instr"), "")):
            yield from _inline(node)
        else:
            yield node


def _read_run(run: XmlNode, content: Content) -> None:
    found = run.find(name("w:rPr"))
    properties = {} if found is None else {node.tag: node for node in found}
    if _is_set(properties, "w:vanish"):
        return
    bold, look = _is_set(properties, "w:b"), _look_of(properties)
    fonts = properties.get(name("w:rFonts"))
    font = "" if fonts is None else fonts.get(name("w:ascii"), "")
    for node in _inline(run):
        if node.tag == name("w:r"):  # the base of a phonetic guide
            _read_run(node, content)
            continue
        if node.tag == name("w:instrText"):
            content.instruction += node.text or ""
        text = _field(node, content) if node.tag == name("w:fldChar") else _shown(node, font)
        if content.is_field_shown and node.tag != name("w:fldChar"):
            text = ""
        if text:
            content.runs.append((text, look))
        if text.strip():
            content.is_bold = content.is_bold and bold
        if node.tag in DRAWINGS:
            content.drawings.append(node)
        elif node.tag in _NOTES:
            content.notes.append((node.tag, node.get(name("w:id"), "")))


def _shown(node: XmlNode, font: str) -> str:
    if node.tag == name("w:t"):
        return shown_in(font, node.text or "")
    if node.tag == name("w:sym"):
        code = node.get(name("w:char"), "")
        return shown_in(node.get(name("w:font"), ""), chr(int(code, 16))) if _HEX(code) else ""
    return _SIGNS.get(node.tag, "")


def _field(mark: XmlNode, content: Content) -> str:
    """Go on to the next part of a field; return its value where it is told otherwise."""
    kind = mark.get(name("w:fldCharType"))
    shown = ""
    if kind == "begin":
        content.instruction, shown = "", _form_value(mark.find(name("w:ffData")))
        content.is_field_shown = bool(shown)
    elif kind == "separate" and _is_of_pages(content.instruction):
        content.is_field_shown, shown = True, PAGE_NUMBER
    elif kind == "end":
        content.is_field_shown = False
    return shown


def _form_value(data: XmlNode | None) -> str:
    """Return what a tick box or a drop-down of a form shows (ECMA-376, part 1, 17.16.17)."""
    box = None if data is None else data.find(name("w:checkBox"))
    if box is not None:
        state = "w:checked" if box.find(name("w:checked")) is not None else "w:default"
        return TICKED if is_on(box, state) else UNTICKED
    choice = None if data is None else data.find(name("w:ddList"))
    if choice is None:
        return ""
    entries = [entry.get(name("w:val"), "") for entry in choice.iter(name("w:listEntry"))]
    at = value(choice, "w:result") or value(choice, "w:default") or "0"
    return entries[int(at)] if at.isdecimal() and int(at) < len(entries) else ""


def value(node: XmlNode, path: str) -> str:
    """Return the `w:val` of what stands at a path of prefixed names; "" where nothing does."""
    found = node.find(path, NAMESPACES)
    return "" if found is None else str(found.get(name("w:val"), ""))


def _look_of(properties: Mapping[str, XmlNode]) -> Look:
    align = properties.get(name("w:vertAlign"))
    place = SCRIPTS.get(align.get(name("w:val"), ""), "") if align is not None else ""
    is_struck = _is_set(properties, "w:strike") or _is_set(properties, "w:dstrike")
    return Look(is_struck, place) if is_struck or place else PLAIN


def is_on(properties: XmlNode | None, tag: str) -> bool:
    found = () if properties is None else properties.findall(name(tag))
    return _is_set({node.tag: node for node in found}, tag)


def _is_set(properties: Mapping[str, XmlNode], tag: str) -> bool:
    node = properties.get(name(tag))
    return node is not None and node.get(name("w:val"), "1") not in {"0", "false", "off"}


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


def read_table(table: XmlNode, texts: Sequence[Sequence[str]]) -> list[Element]:
    """Return a table, and the titles above it; `texts` are its `cell_texts`."""
    grid: list[list[Slot]] = []
    heads: list[bool] = []
    for row, words in zip(rows_of(table), texts, strict=True):
        grid.append(_slots(row, words, grid[-1] if grid else []))
        heads.append(row.find("w:trPr/w:tblHeader", NAMESPACES) is not None)
    return titled_table(grid, heads)


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
        words = read_paragraph(block).text
        if block.tag == name("w:tbl"):
            rows = filter(any, cell_texts(block))
            words = "; ".join(", ".join(filter(None, row)) for row in rows)
        if words.strip():
            is_numbered = block.find("w:pPr/w:numPr", NAMESPACES) is not None
            is_item = is_numbered or value(block, "w:pPr/w:pStyle").startswith("List")
            made += ("; " if made and is_item else "\n") + words
    return one_line(made)


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
