"""The numbers that Word draws before paragraphs: `1.`, `(a)`, `2.3`. Knows numbering.xml."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from ingest.parsers.base.office import NAMESPACES, XmlNode, name

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


def _value(node: XmlNode | None) -> str:
    return "" if node is None else _attribute(node, "w:val")


def _as_int(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() else 0
