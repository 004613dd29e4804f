"""Which styles of an OpenDocument file mean something: struck, raised, lowered words, signs.

OpenDocument 1.3, 20.359 (text-line-through-style), 20.384 (text-position), 20.269 (font-name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.parsers.base.formatting import PLAIN, Look, Place
from ingest.parsers.base.office.markup import XmlNode
from ingest.parsers.base.office.symbol_fonts import is_symbol_font
from ingest.parsers.odf.names import NAMES, name

_TOLD: Final = "look"
"""The attribute that an element of the content gets: the key of its look."""

_FONT: Final = "font"
_NUMBERED: Final = re.compile(r"(?<=[a-z])\d+$")
_LOOKS: Final = {
    f"{is_struck:d}{place}": Look(is_struck, place)
    for is_struck in (False, True)
    for place in ("", "raised", "lowered")
}
_MAX_CHAIN: Final = 20


def tell_looks(content: XmlNode, styles: XmlNode | None) -> None:
    """Write into the elements of a content what the look of their style means."""
    properties = dict(_properties(styles)) | dict(_properties(content))
    looks = {key: look for key in properties if (look := _look(key, properties)) is not PLAIN}
    fonts = {key: font for key in properties if (font := _symbol_font(properties[key][1]))}
    for node in content.iter(*_STYLED) if looks or fonts else ():
        key = node.get(name("text:style-name"), "")
        look = looks.get(key, PLAIN)
        if look is not PLAIN:
            node.set(_TOLD, f"{look.is_struck:d}{look.place}")
        if key in fonts:
            node.set(_FONT, fonts[key])


_STYLED: Final = tuple(map(name, ("text:p", "text:h", "text:span")))


def look_of(node: XmlNode) -> Look:
    told = node.get(_TOLD)
    return PLAIN if told is None else _LOOKS[told]


def font_of(node: XmlNode) -> str:
    """Return the symbol font of an element's words; "" of usual letters."""
    return str(node.get(_FONT, ""))


def _symbol_font(properties: XmlNode | None) -> str:
    """Return the symbol font of a style; its name in the file may have a number: Wingdings1."""
    named = "" if properties is None else properties.get(name("style:font-name"), "")
    font = _NUMBERED.sub("", named)
    return font if is_symbol_font(font) else ""


def _properties(root: XmlNode | None) -> Iterator[tuple[str, tuple[str, XmlNode | None]]]:
    """Yield the name of each style, that of its parent, and its text properties."""
    for style in () if root is None else root.iter(name("style:style")):
        text = style.find("style:text-properties", NAMES)
        yield (
            style.get(name("style:name"), ""),
            (style.get(name("style:parent-style-name"), ""), text),
        )


def _look(key: str, properties: dict[str, tuple[str, XmlNode | None]]) -> Look:
    line, position = None, None
    for _ in range(_MAX_CHAIN):
        if key not in properties:
            break
        key, text = properties[key]
        if text is not None:
            line = line or text.get(name("style:text-line-through-style"))
            line = line or text.get(name("style:text-line-through-type"))
            position = position or text.get(name("style:text-position"))
    place = _place(position or "")
    is_struck = line not in {None, "none"}
    return Look(is_struck, place) if is_struck or place else PLAIN


def _place(position: str) -> Place:
    """Return the place that a position means: "super 58%", "-33% 58%"."""
    first = position.partition(" ")[0]
    if first == "sub" or first.startswith("-"):
        return "lowered"
    return "raised" if first == "super" or first.strip("0.%") else ""
