"""What a Word paragraph is (heading, title, caption, list item), and the number drawn before it.

Knows styles.xml and numbering.xml: `1.`, `(a)`, `2.3`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from typing import Final

from ingest.parsers.base.office import NAMESPACES, XmlNode, name
from ingest.parsers.word.text import value

MAX_CHAIN: Final = 20
"""Styles are based on styles; a chain that is longer goes in a circle."""

_HEADING: Final = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop)\s*([1-9])", re.IGNORECASE
)
_CONTENTS: Final = re.compile(r"(toc \d|toc heading|table of figures|index \d)", re.IGNORECASE)
_LOOKS: Final = frozenset(map(name, ("w:strike", "w:dstrike", "w:vertAlign")))
_OUTLINE: Final = "w:pPr/w:outlineLvl"
_BODY_LEVEL: Final = 9


class Styles:
    """The paragraph styles of one document."""

    def __init__(self, root: XmlNode | None) -> None:
        nodes = [] if root is None else root.findall("w:style", NAMESPACES)
        self._nodes = {node.get(name("w:styleId"), ""): node for node in nodes}

    def name_of(self, paragraph: XmlNode) -> str:
        """Return the name of a paragraph's style in lower case, "" for the default."""
        names = (value(node, "w:name").lower() for node in self._chain(paragraph))
        return next(filter(None, names), "")

    def heading_level(self, paragraph: XmlNode) -> int | None:
        """Return the level of a heading from 1, by outline level or by style; None for text."""
        own = value(paragraph, _OUTLINE)
        if own.isdecimal():
            return int(own) + 1 if int(own) < _BODY_LEVEL else None
        for node in self._chain(paragraph):
            named = _HEADING.fullmatch(value(node, "w:name"))
            if named:
                return int(named[1])
            outline = value(node, _OUTLINE)
            if outline.isdecimal() and int(outline) < _BODY_LEVEL:
                return int(outline) + 1
        return None

    def is_contents(self, paragraph: XmlNode) -> bool:
        """Say whether this is a line of a table of contents, which only repeats the headings."""
        return bool(_CONTENTS.fullmatch(self.name_of(paragraph)))

    def numbering(self, paragraph: XmlNode) -> tuple[str, int] | None:
        """Return the numbering's id and the level of a list item; None for other paragraphs."""
        level = ""
        for holder in (paragraph, *self._chain(paragraph)):
            level = level or value(holder, "w:pPr/w:numPr/w:ilvl")
            number_id = value(holder, "w:pPr/w:numPr/w:numId")
            if number_id:
                return None if number_id == "0" else (number_id, _as_int(level))
        return None

    def write_looks(self, part: XmlNode) -> None:
        """Write into the runs of a part how their character style makes them look."""
        looks = {
            key: [node for node in style.iterfind("w:rPr/*", NAMESPACES) if node.tag in _LOOKS]
            for key, style in self._nodes.items()
        }
        for named in part.iter(name("w:rStyle")):
            own = named.getparent()
            for look in looks.get(named.get(name("w:val"), ""), ()):
                if own.find(look.tag) is None:
                    own.append(deepcopy(look))

    def _chain(self, paragraph: XmlNode) -> list[XmlNode]:
        chain: list[XmlNode] = []
        style_id = value(paragraph, "w:pPr/w:pStyle")
        while style_id in self._nodes and len(chain) < MAX_CHAIN:
            chain.append(self._nodes[style_id])
            style_id = value(chain[-1], "w:basedOn")
        return chain


MAX_LEVEL: Final = 8
MAX_LETTERS: Final = 4
_PLACE: Final = re.compile(r"%([1-9])")
_ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


_Level = tuple[str, str, int]
"""The form of its numbers, the pattern that they stand in, the first one."""


class Numbering:
    """Counts the numbered paragraphs of one document, in order."""

    def __init__(self, root: XmlNode | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}  # of an abstract numbering
        self._abstract: dict[str, str] = {}  # of a numbering
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        for node in () if root is None else root.findall("w:abstractNum", NAMESPACES):
            levels = dict(map(_level, node.findall("w:lvl", NAMESPACES)))
            self._levels[node.get(name("w:abstractNumId"), "")] = levels
        for node in () if root is None else root.findall("w:num", NAMESPACES):
            self._abstract[node.get(name("w:numId"), "")] = value(node, "w:abstractNumId")

    def mark(self, number_id: str, level: int) -> str:
        """Return the mark of the next paragraph of a numbering: `-` for a bullet, "" for none."""
        abstract = self._abstract.get(number_id, "")
        levels, counts = self._levels.get(abstract, {}), self._counts[abstract]
        level = max(0, min(level, MAX_LEVEL))
        if level not in levels:
            return "-"
        form, pattern, start = levels[level]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [n for n in counts if n > level]:
            del counts[deeper]
        if form in {"bullet", "none"}:
            return "-" if form == "bullet" else ""

        def number(place: re.Match[str]) -> str:
            n = int(place[1]) - 1
            form, _, start = levels.get(n, ("none", "", 0))
            return _written(counts.get(n, start), form) if n in levels else ""

        return _PLACE.sub(number, pattern).strip()


def _level(node: XmlNode) -> tuple[int, _Level]:
    form, start = value(node, "w:numFmt") or "decimal", value(node, "w:start") or "1"
    level = form, value(node, "w:lvlText"), _as_int(start)
    return _as_int(node.get(name("w:ilvl"), "")), level


def _written(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        text = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, MAX_LETTERS)
    elif form in {"lowerRoman", "upperRoman"}:
        text, rest = "", min(max(number, 0), 3999)
        for amount, letters in _ROMAN:
            text += rest // amount * letters
            rest %= amount
    else:
        return str(number)
    return text.upper() if form.startswith("upper") else text


def _as_int(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() else 0
