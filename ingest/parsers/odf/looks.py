"""What an OpenDocument file says outside of its words: names, looks of styles, values of fields.

OpenDocument 1.3, 20.359 (text-line-through-style), 20.384 (text-position), 20.269 (font-name);
part 3, 13 (forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from ingest.parsers.base.formatting import PLAIN, TICKED, UNTICKED, Look, Place, is_symbol_font
from ingest.parsers.base.office.markup import XmlNode

_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES: Final = {
    "chart": f"{_OASIS}chart:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "draw": f"{_OASIS}drawing:1.0",
    "form": f"{_OASIS}form:1.0",
    "fo": f"{_OASIS}xsl-fo-compatible:1.0",
    "office": f"{_OASIS}office:1.0",
    "presentation": f"{_OASIS}presentation:1.0",
    "style": f"{_OASIS}style:1.0",
    "svg": f"{_OASIS}svg-compatible:1.0",
    "table": f"{_OASIS}table:1.0",
    "text": f"{_OASIS}text:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}


@cache
def name(prefixed: str) -> str:
    """Return the full name of `text:p` and the like."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


_LOOK: Final = "look"
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
            node.set(_LOOK, f"{look.is_struck:d}{look.place}")
        if key in fonts:
            node.set(_FONT, fonts[key])


_STYLED: Final = tuple(map(name, ("text:p", "text:h", "text:span")))


def look_of(node: XmlNode) -> Look:
    look = node.get(_LOOK)
    return PLAIN if look is None else _LOOKS[look]


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


_FIELD: Final = "shown"
_TICKED: Final = {name("form:checkbox"): "current-state", name("form:radio"): "current-selected"}
_ON: Final = frozenset({"checked", "true"})


def tell_controls(content: XmlNode) -> None:
    """Write into the controls of a content what their fields show."""
    forms = list(content.iter(name("form:form")))
    fields = {node.get(name("form:id"), ""): node for form in forms for node in form.iter()}
    for control in content.iter(name("draw:control")) if forms else ():
        field = fields.get(control.get(name("draw:control"), ""))
        if field is not None:
            control.set(_FIELD, _shown(field))


def shown_by(control: XmlNode) -> str:
    return str(control.get(_FIELD, ""))


def _shown(field: XmlNode) -> str:
    label = field.get(name("form:label"), "")
    if field.tag in _TICKED:
        state = field.get(name(f"form:{_TICKED[field.tag]}"))
        state = state or field.get(name("form:state")) or field.get(name("form:selected"))
        return f"{TICKED if state in _ON else UNTICKED} {label}".strip()
    chosen = [
        option.get(name("form:label"), "")
        for option in field.iterfind("form:option", NAMES)
        if option.get(name("form:current-selected"), option.get(name("form:selected"))) == "true"
    ]
    value = field.get(name("form:current-value"), field.get(name("form:value"), ""))
    return ", ".join(chosen) or value or label
