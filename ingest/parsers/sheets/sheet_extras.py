"""What lies beside the cells of a sheet: merged ranges, text boxes, notes, margins.

Of an .xlsx sheet, read from the parts that it relates to, by the kind of the relationship
(ECMA-376, part 1, 12.3), and from what follows its cells.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Final

from openpyxl.utils import range_boundaries

from ingest.parsers.base.elements import comment_text, one_line, text_elements
from ingest.parsers.base.grid import is_number
from ingest.parsers.base.office import PAGE_NUMBER, XmlNode, margin_element, parsed_xml
from rag.datamodel import Element

Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell, each its row and column from 0."""


class MergedCells:
    """Fills rows, which are given in order, with the labels of the rows above them.

    An amount is not said again, or sums would count it twice; what stands first in a row is a
    label also where it is a number.
    """

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._merged: dict[int, list[tuple[int, int]]] = {}
        self._running: dict[int, tuple[str, int]] = {}
        for (first, column), (last, _) in ranges:
            self.add(first, column, last)

    def add(self, first: int, column: int, last: int) -> None:
        """Take in a cell that goes from one row to another; the first may be the next to fill."""
        if last > first:
            self._merged.setdefault(first, []).append((column, last))

    def fill(self, row: int, texts: list[str]) -> list[str]:
        """Return a row with its labels; a blank one stays blank."""
        if not self._running and row not in self._merged:
            return texts
        if self._running:
            self._running = {c: (t, last) for c, (t, last) in self._running.items() if last >= row}
            if any(texts):
                for column, (text, _) in self._running.items():
                    texts += [""] * (column + 1 - len(texts))
                    texts[column] = texts[column] or text
        for column, last in self._merged.get(row, ()):
            text = texts[column] if column < len(texts) else ""
            if text and (not is_number(text) or not any(texts[:column])):
                self._running[column] = (text, last)
        return texts


_BLOCK_BYTES: Final = 1 << 18
_MAX_TAIL_BYTES: Final = 1 << 23
_CELLS_END: Final = b"sheetData>"
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_MARGIN: Final = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]+)<")
_SECTION: Final = re.compile(r"&[LCR]")
_OF_PAGE: Final = ("&P", "&N")
_FIELD: Final = re.compile(r'&"[^"]*"|&K(?:[0-9A-F]{6}|\d\d[+-]\d{3})|&\d+|&[A-Z]')
_THREAD: Final = "[Threaded comment]"
_READ: Final = frozenset({"drawing", "threadedComment", "comments"})


def sheet_extras(
    archive: zipfile.ZipFile, related: Sequence[tuple[str, str, str]], sheet: str
) -> tuple[MergedCells, list[Element]]:
    """Return what lies beside the cells of the sheet in this part: merged ranges, and words.

    `related` are all relationships in the package: from, kind, to.
    """
    with archive.open(sheet) as source:
        tail = _tail(source)
    parts = defaultdict[str, list[XmlNode]](list)
    for part, relationship, target in related:
        kind = relationship.rpartition("/")[2]
        if (kind in _READ and part == sheet) or kind == "person":
            parts[kind].append(parsed_xml(archive.read(target), recover=True))
    texts = (*_boxes(parts["drawing"]), *_threads(parts), *_comments(parts))
    elements = [*_margins(tail), *text_elements(texts)]
    return MergedCells(map(_range, _MERGED.findall(tail))), elements


def _tail(source: IO[bytes]) -> bytes:
    block = source.read(_BLOCK_BYTES)
    begin = block.find(_CELLS_END) + len(_CELLS_END)
    while block:
        at = block.find(_CELLS_END, begin)
        if at >= 0:
            return block[at:] + source.read(_MAX_TAIL_BYTES)
        more, begin = source.read(_BLOCK_BYTES), 0
        block = block[-len(_CELLS_END) :] + more if more else b""
    return b""


def _range(reference: bytes) -> Range:
    left, top, right, bottom = (int(n or 0) for n in range_boundaries(reference.decode()))
    return (top - 1, left - 1), (bottom - 1, right - 1)


def _margins(tail: bytes) -> list[Element]:
    codes = [html.unescape(found.decode("utf-8", "replace")) for found in _MARGIN.findall(tail)]
    return margin_element(
        "&".join(_FIELD.sub(_shown, piece) for piece in part.split("&&"))
        for code in codes
        for part in _SECTION.split(html.unescape(code))
    )


def _shown(field: re.Match[str]) -> str:
    return PAGE_NUMBER if field[0] in _OF_PAGE else " "


def _all(roots: Iterable[XmlNode | None], tag: str) -> Iterator[XmlNode]:
    for root in roots:
        yield from () if root is None else root.iter(f"{{*}}{tag}")


def _boxes(drawings: Iterable[XmlNode]) -> Iterator[str]:
    for body in _all(drawings, "txBody"):
        lines = ("".join(t.text or "" for t in _all([line], "t")) for line in _all([body], "p"))
        yield "\n".join(lines)


def _threads(parts: Mapping[str, list[XmlNode]]) -> Iterator[str]:
    people = {
        node.get("id"): node.get("displayName", "") for node in _all(parts["person"], "person")
    }
    for node in _all(parts["threadedComment"], "threadedComment"):
        author = people.get(node.get("personId"), "")
        text = one_line("".join(node.itertext()))
        yield comment_text(text, author=author, place=node.get("ref", ""))


def _comments(parts: Mapping[str, list[XmlNode]]) -> Iterator[str]:
    """Yield the notes of cells; what stands for a thread is told as the thread."""
    authors = [author.text or "" for author in _all(parts["comments"], "author")]
    for node in _all(parts["comments"], "comment"):
        number = int(node.get("authorId") or 0)
        author = authors[number] if number < len(authors) else ""
        text = one_line("".join(t.text or "" for t in _all([node], "t")))
        if not text.startswith(_THREAD):
            text = text.removeprefix(f"{author}:").strip()
            yield comment_text(text, author=author, place=node.get("ref", ""))
