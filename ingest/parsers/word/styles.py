"""What a Word paragraph is (heading, title, caption, list item), and the number drawn before it.

Knows styles.xml and numbering.xml: `1.`, `(a)`, `2.3`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from ingest.parsers.base.office.markup import NAMESPACES, XmlNode, name

MAX_CHAIN: Final = 20
"""Styles are based on styles; a chain that is longer goes in a circle."""

_HEADING: Final = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop)\s*([1-9])", re.IGNORECASE
)
_CONTENTS: Final = re.compile(r"(toc \d|toc heading|table of figures|index \d)", re.IGNORECASE)
LOOKS: Final = frozenset(map(name, ("w:strike", "w:dstrike", "w:vertAlign")))
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

    def write_looks(self, part: XmlNode) -> None:
        """Write into the runs of a part how their character style makes them look."""
        looks = {key: found for key, node in self._nodes.items() if (found := _looks(node))}
        for named in part.iter(name("w:rStyle")) if looks else ():
            own = named.getparent()
            for look in looks.get(named.get(name("w:val"), ""), ()):
                if own.find(look.tag) is None:
                    own.append(deepcopy(look))

    def _chain(self, paragraph: XmlNode) -> list[XmlNode]:
        """Return the paragraph's style and those that it is based on."""
        chain: list[XmlNode] = []
        style_id = _value(paragraph.find("w:pPr/w:pStyle", NAMESPACES))
        while style_id in self._nodes and len(chain) < MAX_CHAIN:
            chain.append(self._nodes[style_id])
            style_id = _value(chain[-1].find("w:basedOn", NAMESPACES))
        return chain


def _looks(style: XmlNode) -> list[XmlNode]:
    own = style.find("w:rPr", NAMESPACES)
    return [] if own is None else [node for node in own if node.tag in LOOKS]


def _name(node: XmlNode) -> str:
    return _value(node.find("w:name", NAMESPACES))


def _outline(properties: XmlNode | None) -> int | None:
    if properties is None:
        return None
    text = _value(properties.find("w:outlineLvl", NAMESPACES))
    return int(text) if text.isdecimal() else None


def _value(node: XmlNode | None) -> str:
    return "" if node is None else str(node.get(name("w:val"), ""))


MAX_LEVEL: Final = 8
MAX_LETTERS: Final = 4
_PLACE: Final = re.compile(r"%([1-9])")
_ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    pattern: str
    start: int


class Numbering:
    """Counts the numbered paragraphs of one document, in order."""

    def __init__(self, root: XmlNode | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}  # of an abstract numbering
        self._abstract: dict[str, str] = {}  # of a numbering
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if root is not None:
            self._read(root)

    def mark(self, number_id: str, level: int) -> str:
        """Return the mark of the next paragraph of a numbering: `-` for a bullet, "" for none."""
        abstract = self._abstract.get(number_id, "")
        levels = self._levels.get(abstract, {})
        level = max(0, min(level, MAX_LEVEL))
        if level not in levels:
            return "-"
        counts = self._counts[abstract]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [n for n in counts if n > level]:
            del counts[deeper]
        if levels[level].form in {"bullet", "none"}:
            return "-" if levels[level].form == "bullet" else ""
        return _PLACE.sub(
            lambda place: self._number(levels, counts, int(place.group(1)) - 1),
            levels[level].pattern,
        ).strip()

    def _number(self, levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
        if level not in levels:
            return ""
        return _written(counts.get(level, levels[level].start), levels[level].form)

    def _read(self, root: XmlNode) -> None:
        for abstract in root.findall("w:abstractNum", NAMESPACES):
            levels = (_level(node) for node in abstract.findall("w:lvl", NAMESPACES))
            self._levels[_attribute(abstract, "w:abstractNumId")] = dict(levels)
        for number in root.findall("w:num", NAMESPACES):
            target = _value(number.find("w:abstractNumId", NAMESPACES))
            self._abstract[_attribute(number, "w:numId")] = target


def _level(node: XmlNode) -> tuple[int, _Level]:
    start = _value(node.find("w:start", NAMESPACES))
    return _as_int(_attribute(node, "w:ilvl")), _Level(
        form=_value(node.find("w:numFmt", NAMESPACES)) or "decimal",
        pattern=_value(node.find("w:lvlText", NAMESPACES)),
        start=_as_int(start) if start else 1,
    )


def _written(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        text = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, MAX_LETTERS)
    elif form in {"lowerRoman", "upperRoman"}:
        text = _roman(number)
    else:
        return str(number)
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    text = ""
    rest = min(max(number, 0), 3999)
    for value, letters in _ROMAN:
        while rest >= value:
            text += letters
            rest -= value
    return text


def _attribute(node: XmlNode, key: str) -> str:
    return str(node.get(name(key), ""))


def _as_int(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() else 0
