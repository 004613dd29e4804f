"""The content of Word paragraphs: words, drawings, text boxes, notes. Knows WordprocessingML.

Tracked deletions, hidden text and field codes are left out; insertions are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

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
_DRAWINGS: Final = frozenset(name(tag) for tag in ("w:drawing", "w:pict", "w:object"))
_NOTES: Final = frozenset(name(tag) for tag in ("w:footnoteReference", "w:endnoteReference"))
_MATH: Final = frozenset({name("m:oMath"), name("m:oMathPara")})


@dataclass(slots=True)
class Content:
    """What a paragraph holds. `is_bold`: all its words are."""

    parts: list[str] = field(default_factory=list)
    drawings: list[XmlNode] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # tag, id
    is_bold: bool = True

    @property
    def text(self) -> str:
        return "".join(self.parts)


def read_paragraph(paragraph: XmlNode) -> Content:
    content = Content()
    for node in _inline(paragraph):
        if node.tag == name("w:r"):
            _read_run(node, content)
        elif node.tag in _MATH:
            content.parts.append("".join(t.text or "" for t in node.iter(name("m:t"))))
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
    bold = _is_on(properties, "w:b")
    for node in _inline(run):
        text = node.text or "" if node.tag == name("w:t") else _SIGNS.get(node.tag, "")
        content.parts.append(text)
        if text.strip():
            content.is_bold = content.is_bold and bold
        if node.tag in _DRAWINGS:
            content.drawings.append(node)
        elif node.tag in _NOTES:
            content.notes.append((node.tag, node.get(name("w:id"), "")))


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
