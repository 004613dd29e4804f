"""The content of Word paragraphs: words, signs, form fields, drawings, notes. Knows no tables.

Tracked deletions, hidden text and field codes are left out; insertions are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ingest.parsers.base.formatting import (
    PLAIN,
    TICKED,
    UNTICKED,
    Look,
    Place,
    Run,
    marked,
    math_text,
    shown_in,
)
from ingest.parsers.base.office.markup import NAMESPACES, PAGE_NUMBER, XmlNode, name

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
_PLACES: Final[dict[str, Place]] = {"superscript": "raised", "subscript": "lowered"}
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
    place = _PLACES.get(align.get(name("w:val"), "")) if align is not None else None
    is_struck = _is_set(properties, "w:strike") or _is_set(properties, "w:dstrike")
    return Look(is_struck, place or "") if is_struck or place else PLAIN


def is_on(properties: XmlNode | None, tag: str) -> bool:
    return _is_switched_on(None if properties is None else properties.find(name(tag)))


def _is_set(properties: Mapping[str, XmlNode], tag: str) -> bool:
    return _is_switched_on(properties.get(name(tag)))


def _is_switched_on(node: XmlNode | None) -> bool:
    return node is not None and node.get(name("w:val"), "1") not in {"0", "false", "off"}
