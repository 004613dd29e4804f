"""Excel workbooks (.xlsx, .xlsm): values as they are shown, sheet by sheet, and the pictures.

Cells are read from the XML (ECMA-376, part 1, 18.3), as openpyxl, which makes an object of each,
takes five times as long; what they mean (styles, shared texts, dates) is asked of it. Formulas are
never computed: their stored value is read, or their text where none is stored. Words that are
struck, raised or lowered are marked: 10 with a raised 6 is 10^6, never 106.

What lies beside the cells (merged ranges, text boxes, notes, margins) is read from the parts that a
sheet relates to, by the kind of the relationship (12.3), and from what follows its cells.
"""

from __future__ import annotations

import html
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache, partial
from typing import IO, Any, Final

from lxml import etree
from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH, from_ISO8601

from ingest.parsers.base.elements import comment_text, damaged, document_of, one_line, text_elements
from ingest.parsers.base.formatting import PLAIN, SCRIPTS, Look, Run, marked, struck
from ingest.parsers.base.number_format import shown
from ingest.parsers.base.office import (
    PAGE_NUMBER,
    XmlNode,
    local_name,
    margin_element,
    open_package,
    parsed_xml,
    related_parts,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_in_package
from ingest.parsers.sheets.sheets import MergedCells, Range, SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

BLANK_RUN: Final = 10_000
"""After so many blank rows a sheet is taken to have ended."""

MAX_FORMATTED: Final = 65_536
"""Numbers as they are shown are kept: prices and days come again and again."""

GENERAL: Final = "General"
_PLAIN: Final = re.compile(r"-?[1-9]\d{0,9}|0")
_TEXTS: Final = "sharedstrings.xml"
_FORMATS: Final = (b"strike", b"vertAlign")


def parse_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLSX, its sheets row by row."""
    pictures = Pictures(assets)
    elements: list[Element] = []
    with (
        open_package(file.at, settings=settings) as (archive, stream),
        closing(_book(stream, rich_texts(archive))) as book,
    ):
        figures = [f for data in media(archive) for f in pictures.figure(data)]
        related = list(related_parts(archive))
        reader = SheetReader(partial(assets.put_rows, file.sha256), sheets=len(book.sheetnames))
        for name in book.sheetnames:
            sheet = book[name]
            part = getattr(sheet, "_worksheet_path", None)  # a chart sheet has none
            merged, margins, extra = (
                sheet_extras(archive, related, part) if part else (MergedCells(), [], [])
            )
            elements += reader.sheet(
                name,
                rows_of(sheet, merged) if part else (),
                height=getattr(sheet, "max_row", None) or 0,
                is_hidden=sheet.sheet_state != "visible",
                margins=margins,
                extra=extra,
            )
        unread = unread_in_package(archive, elements)
    notes = (*reader.warnings, *pictures.warnings, *unread)
    return document_of(file, (*elements, *figures), book.properties.title, warnings=notes)


def _book(stream: IO[bytes], texts: list[str] | None) -> Any:  # noqa: ANN401 - openpyxl brings no types
    """Open a workbook, with these shared texts in place of its own; of a path it reads the name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on parts that it leaves out
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    sheets: list[Any] = list(book.worksheets)
    for sheet in sheets if texts is not None else ():
        sheet._shared_strings = texts  # noqa: SLF001 - openpyxl's own are without formats
    return book


def media(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the picture files of a workbook that is a zip archive."""
    for name in archive.namelist():
        if name.startswith("xl/media/"):
            yield archive.read(name)


def rows_of(sheet: Any, merged: MergedCells) -> Iterator[list[str]]:  # noqa: ANN401 - as above
    """Yield the cells of each row of a sheet, blank rows between too.

    Raises SourceError for what is no sheet.
    """
    try:
        with sheet._get_source() as source:  # noqa: SLF001 - where it lies is told nowhere else
            yield from _rows(source, _CellTexts(sheet), merged)
    except (etree.XMLSyntaxError, ValueError, IndexError, OverflowError) as error:
        raise damaged(error) from error


def _rows(source: IO[bytes], texts: _CellTexts, merged: MergedCells) -> Iterator[list[str]]:
    count = filled = 0  # the numbers of the last row, and of the last with words
    rows = etree.iterparse(
        source, tag="{*}row", resolve_entities=False, remove_comments=True, remove_pis=True
    )
    for _, node in rows:
        number, row = int(float(node.get("r", count + 1))), _cells(node, texts)
        if number - filled > BLANK_RUN:
            return
        filled = number if any(row) else filled
        if number > count:
            yield from ([] for _ in range(number - count - 1))
            yield merged.fill(number - 1, row)
            count = number
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]


def _cells(row: XmlNode, texts: _CellTexts) -> list[str]:
    cells: list[str] = []
    for cell in row:
        place = _column(cell.get("r").rstrip("0123456789")) if cell.get("r") else len(cells)
        cells += [""] * (place - len(cells))
        cells[place:] = [texts.of(cell)]
    return cells


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    """Return the place of a column from 0. Raises ValueError for what is none."""
    return int(column_index_from_string(letters)) - 1


class _CellTexts:
    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - as above
        book = sheet.parent
        styles = book._cell_styles  # noqa: SLF001 - told nowhere else, as what follows
        own = enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE)  # noqa: SLF001
        fonts = {number for number, font in enumerate(book._fonts) if font.strike}  # noqa: SLF001
        self._from_1904 = book.epoch == MAC_EPOCH
        self._texts = sheet._shared_strings  # noqa: SLF001
        self._codes = codes_of([style.numFmtId for style in styles], dict(own))
        self._struck = {number for number, style in enumerate(styles) if style.fontId in fonts}
        self._numbers = lru_cache(maxsize=MAX_FORMATTED)(self._number)

    def of(self, cell: XmlNode) -> str:
        style = int(cell.get("s") or 0)
        text = ""
        for part in reversed(cell):  # a formula stands before its value, if that is stored
            if part.tag.endswith("}is") or (part.text and part.tag.endswith(("}v", "}f"))):
                text = self._value(cell.get("t", "n"), part, style)
                break
        return struck(text) if style in self._struck else text

    def _value(self, kind: str, part: XmlNode, style: int) -> str:
        value = part.text
        if part.tag.endswith("}f"):
            return f"={value}"
        match kind:
            case "n":
                is_plain = not style and _PLAIN.fullmatch(value)
                return value if is_plain else self._numbers(value, style)
            case "b":
                return shown(bool(int(value)), GENERAL)
            case "d":
                return shown(from_ISO8601(value), GENERAL)  # type: ignore[no-untyped-call]
            case "s":
                value = str(self._texts[int(value)])
            case "inlineStr":
                value = rich_text(part)
            case _:  # words as they stand: of a formula, an error
                pass
        return self._text(value, style)

    def _text(self, text: str, style: int) -> str:
        code = self._codes[style] if style else GENERAL
        return shown(text, code).strip() if "@" in code else text.strip()

    def _number(self, text: str, style: int) -> str:
        return shown(float(text), self._codes[style], from_1904=self._from_1904).strip()


def codes_of(formats: Sequence[int], own: dict[int, str]) -> list[str]:
    """Return the format code of each style, from its number and the codes of the workbook's own.

    In one of openpyxl's (44, of money) the sections are not divided.
    """
    known = {number: code.replace("_)_(", "_);_(") for number, code in BUILTIN_FORMATS.items()}
    return [own.get(number) or known.get(number, GENERAL) for number in formats]


def rich_texts(archive: zipfile.ZipFile) -> list[str] | None:
    """Return a workbook's shared texts with what formatting says; None where it says nothing."""
    part = next((n for n in archive.namelist() if n.lower().endswith(_TEXTS)), None)
    data = archive.read(part) if part else b""
    if part is None or not any(word in data for word in _FORMATS):
        return None
    made: list[str] = []
    with archive.open(part) as source:
        for _, item in etree.iterparse(source, tag="{*}si", resolve_entities=False):
            made.append(rich_text(item))
            item.clear()
    return made


def rich_text(item: XmlNode) -> str:
    """Return the words of a text in runs (18.4.8); how they are pronounced is left out."""
    runs: list[Run] = []
    for node in item:
        tag = local_name(node.tag)
        if tag == "t":
            runs.append((node.text or "", PLAIN))
        elif tag == "r":
            runs.append((node.findtext("{*}t") or "", _look(node)))
    return marked(runs)


def _look(run: XmlNode) -> Look:
    align, strike = run.find("{*}rPr/{*}vertAlign"), run.find("{*}rPr/{*}strike")
    place = SCRIPTS.get(align.get("val", ""), "") if align is not None else ""
    is_struck = strike is not None and strike.get("val") not in {"0", "false"}
    return Look(is_struck, place)


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
) -> tuple[MergedCells, list[Element], list[Element]]:
    """Return what lies beside the cells of the sheet in this part: merged ranges, margins, words.

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
    merged = MergedCells(map(_range, _MERGED.findall(tail)))
    return merged, _margins(tail), text_elements(texts)


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
