"""What a Word paragraph is: heading, title, caption, list item. Knows styles.xml."""

from __future__ import annotations

import re
from typing import Final

from ingest.parsers.base.office import NAMESPACES, XmlNode, name

MAX_CHAIN: Final = 20
"""Styles are based on styles; a chain that is longer goes in a circle."""

_HEADING: Final = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop)\s*([1-9])", re.IGNORECASE
)
_CONTENTS: Final = re.compile(r"(toc \d|toc heading|table of figures|index \d)", re.IGNORECASE)
_BODY_LEVEL: Final = 9


class Styles:
    """The paragraph styles of one document."""

    def __init__(self, root: XmlNode | None) -> None:
        nodes = [] if root is None else root.findall("w:style", NAMESPACES)
        self._nodes = {node.get(name("w:styleId"), ""): node for node in nodes}

    def name_of(self, paragraph: XmlNode) -> str:
        """Return the name of a paragraph's style in lower case, "" for the default."""
        return next(
            (found.lower() for node in self._chain(paragraph) if (found := _name(node))), ""
        )

    def heading_level(self, paragraph: XmlNode) -> int | None:
        """Return the level of a heading from 1, by outline level or by style; None for text."""
        own = _outline(paragraph.find("w:pPr", NAMESPACES))
        if own is not None:
            return own + 1 if own < _BODY_LEVEL else None
        for node in self._chain(paragraph):
            named = _HEADING.fullmatch(_name(node))
            if named:
                return int(named.group(1))
            outline = _outline(node.find("w:pPr", NAMESPACES))
            if outline is not None and outline < _BODY_LEVEL:
                return outline + 1
        return None

    def is_contents(self, paragraph: XmlNode) -> bool:
        """Say whether this is a line of a table of contents, which only repeats the headings."""
        return bool(_CONTENTS.fullmatch(self.name_of(paragraph)))

    def numbering(self, paragraph: XmlNode) -> tuple[str, int] | None:
        """Return the numbering's id and the level of a list item; None for other paragraphs."""
        level: int | None = None
        for holder in (paragraph, *self._chain(paragraph)):
            numbered = holder.find("w:pPr/w:numPr", NAMESPACES)
            if numbered is None:
                continue
            own_level = _value(numbered.find("w:ilvl", NAMESPACES))
            level = level if level is not None or not own_level.isdecimal() else int(own_level)
            number_id = _value(numbered.find("w:numId", NAMESPACES))
            if number_id:
                return None if number_id == "0" else (number_id, level or 0)
        return None

    def _chain(self, paragraph: XmlNode) -> list[XmlNode]:
        """Return the paragraph's style and those that it is based on."""
        chain: list[XmlNode] = []
        style_id = _value(paragraph.find("w:pPr/w:pStyle", NAMESPACES))
        while style_id in self._nodes and len(chain) < MAX_CHAIN:
            chain.append(self._nodes[style_id])
            style_id = _value(chain[-1].find("w:basedOn", NAMESPACES))
        return chain


def _name(node: XmlNode) -> str:
    return _value(node.find("w:name", NAMESPACES))


def _outline(properties: XmlNode | None) -> int | None:
    if properties is None:
        return None
    text = _value(properties.find("w:outlineLvl", NAMESPACES))
    return int(text) if text.isdecimal() else None


def _value(node: XmlNode | None) -> str:
    return "" if node is None else str(node.get(name("w:val"), ""))
