"""The words of a slide's paragraph, with what their look means. Knows DrawingML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked
from ingest.parsers.base.math_text import math_text
from ingest.parsers.base.office.markup import NAMESPACES, XmlNode, name
from ingest.parsers.base.office.symbol_fonts import shown_in

_MATH: Final = name("m:oMath")
_WORDS: Final = frozenset({name("a:r"), name("a:fld")})


def paragraph_text(paragraph: XmlNode) -> str:
    """Return the words of a paragraph (`a:p`); a line break is one."""
    return marked(_runs(paragraph))


def _runs(paragraph: XmlNode) -> Iterator[Run]:
    for node in paragraph:
        if node.tag in _WORDS:
            properties = node.find("a:rPr", NAMESPACES)
            text = node.findtext("a:t", "", NAMESPACES)
            yield _shown(text, properties), _look(properties)
        elif node.tag == name("a:br"):
            yield "\n", PLAIN
        elif node.tag == name("mc:AlternateContent"):
            formulas = node.iterfind(f"mc:Choice//{_MATH}", NAMESPACES)
            yield "".join(map(math_text, formulas)), PLAIN


def _shown(text: str, properties: XmlNode | None) -> str:
    """Return what words show: a sign alone may have a font for signs (`a:sym`)."""
    fonts = (
        {} if properties is None else {node.tag: node.get("typeface", "") for node in properties}
    )
    sign = fonts.get(name("a:sym"), "") if len(text.strip()) == 1 else ""
    return shown_in(sign or fonts.get(name("a:latin"), ""), text)


def _look(properties: XmlNode | None) -> Look:
    if properties is None:
        return PLAIN
    is_struck = properties.get("strike", "noStrike") != "noStrike"
    baseline = properties.get("baseline", "0").rstrip("%")
    place: Place = "" if not baseline.strip("0.-") else "raised"
    place = "lowered" if place and baseline.startswith("-") else place
    return Look(is_struck, place) if is_struck or place else PLAIN
