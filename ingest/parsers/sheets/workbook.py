"""Excel workbooks (.xlsx, .xlsm): values as they are shown, sheet by sheet, and the pictures.

Cells are read from the XML (ECMA-376, part 1, 18.3), some five times as fast as by openpyxl, which
makes an object of each; what cells mean (styles, shared texts, dates, moved formulas) is asked of
openpyxl. Formulas are never computed: their stored value is read, or their text where none is
stored.
"""

from __future__ import annotations

import itertools
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import IO, Any, Final
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

from ingest.parsers.base.elements import document_of, heading, meaningful_title
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.number_format import shown
from ingest.parsers.base.open_xml import open_package
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.sheets.sheets import SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

MAX_ROWS_READ: Final = 1_100_000
"""More than any sheet has; blank rows without end are not walked."""

BLANK_RUN: Final = 10_000
"""After so many blank rows a sheet is taken to have ended."""


def parse_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLSX: the workbook through openpyxl, its sheets row by row."""
    pictures = Pictures(assets)
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    elements: list[Element] = []
    with open_package(file.at, settings=settings) as (archive, stream):
        figures = [f for data in media(archive) for f in pictures.figure(data)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on parts that it leaves out
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        for number, sheet_name in enumerate(book.sheetnames):
            sheet = book[sheet_name]
            rows = sheet_looked_through(
                _rows(sheet),
                number=number,
                count=len(book.sheetnames),
                height=getattr(sheet, "max_row", None) or 0,
            )
            made = reader.elements(rows)
            elements += [*heading(sheet_name, 1), *made] if made else []
        title = book.properties.title
        book.close()
    return document_of(
        file,
        (*elements, *figures),
        title=meaningful_title(title),
        warnings=(*reader.warnings, *pictures.warnings),
    )


def media(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the picture files of a workbook that is a zip archive."""
    for name in archive.namelist():
        if name.startswith("xl/media/"):
            yield archive.read(name)


def _rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - one of several sheet classes
    """Yield the rows of one sheet as text. A chart sheet has none."""
    if not hasattr(sheet, "iter_rows"):
        return
    blank = 0
    for row in itertools.islice(rows_of(sheet), MAX_ROWS_READ):
        blank = 0 if any(row) else blank + 1
        if blank > BLANK_RUN:
            return
        yield row


BLOCK_BYTES: Final = 1 << 18
MAX_FORMATTED: Final = 65_536
"""Numbers as they are shown are kept: prices and days come again and again."""

GENERAL: Final = "General"
_PLAIN: Final = re.compile(r"-?[1-9]\d{0,9}|0")
_COLUMN: Final = re.compile(r"[A-Za-z]+")
_TEXTS: Final = frozenset({"v", "t", "f"})
_DAMAGED: Final = "The file is damaged or not of its type ({})."
_SAVE_AGAIN: Final = "Open and save it with the program that made it."


def rows_of(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - openpyxl brings no types
    """Yield the cells of each row of a sheet of a read-only workbook, blank rows between too.

    Raises SourceError for what is no sheet.
    """
    reader = _SheetXml(_Shown(sheet))
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    with sheet._get_source() as source:  # noqa: SLF001 - where it lies is told nowhere else
        for block in _blocks(source):
            _parse(parser, block)
            yield from reader.taken()


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(BLOCK_BYTES):
        yield block
    yield b""


def _parse(parser: expat.XMLParserType, block: bytes) -> None:
    try:
        parser.Parse(block, not block)
    except (expat.ExpatError, ValueError, IndexError, OverflowError) as error:
        raise SourceError(_DAMAGED.format(error), hint=_SAVE_AGAIN) from error


def _refuse(*_: object) -> None:
    raise SourceError(_DAMAGED.format("it declares entities"), hint=_SAVE_AGAIN)


class _SheetXml:
    """Is told the elements of a sheet one after the other, and makes rows of them."""

    def __init__(self, show: Callable[[dict[str, str], dict[str, str]], str]) -> None:
        self._show = show
        self._made: list[list[str]] = []
        self._row: list[str] = []
        self._count = self._number = 0
        self._cell: dict[str, str] = {}
        self._said: dict[str, str] = {}
        self._within: str | None = None
        self._is_phonetic = False

    def taken(self) -> list[list[str]]:
        made, self._made = self._made, []
        return made

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local in _TEXTS:
            self._within = None if self._is_phonetic else local
            if local == "f":
                self._said.update({f"f:{key}": value for key, value in attributes.items()})
        elif local == "c":
            self._cell, self._said = attributes, {}
        elif local == "row":
            self._number = int(float(attributes.get("r", self._number + 1)))
            self._row = []
        elif local == "rPh":
            self._is_phonetic = True

    def text(self, data: str) -> None:
        if self._within is not None:
            self._said[self._within] = self._said.get(self._within, "") + data

    def end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local == "c":
            self._add()
        elif local == "row":
            self._close()
        elif local == "rPh":
            self._is_phonetic = False
        elif local in _TEXTS:
            self._within = None

    def _add(self) -> None:
        place = _place(self._cell["r"]) if "r" in self._cell else len(self._row)
        if place > len(self._row):
            self._row += [""] * (place - len(self._row))
        self._row[place:] = [self._show(self._cell, self._said)]

    def _close(self) -> None:
        """Add the row, and blank ones for those that the file leaves out."""
        if self._number > self._count:
            missing = min(self._number - self._count - 1, MAX_BLANK)
            self._made += [[] for _ in range(missing)]
            self._made.append(self._row)
            self._count = self._number


MAX_BLANK: Final = 20_000
"""More blank rows together than a sheet is read on after."""


class _Shown:
    """What cells of one sheet show."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - as above
        self._sheet = sheet
        self._texts = sheet._shared_strings  # noqa: SLF001 - told nowhere else
        self._formulas: dict[str, Translator] = {}
        self._numbers = lru_cache(maxsize=MAX_FORMATTED)(self._number)
        self._formats: dict[int, str] = {}

    def __call__(self, cell: dict[str, str], said: dict[str, str]) -> str:
        """Return the text of a cell by its attributes and what its elements say."""
        value, kind = said.get("v", ""), cell.get("t", "n")
        if kind == "inlineStr":
            return self._text(said.get("t", ""), int(cell.get("s") or 0))
        if not value:
            return self._formula(cell, said) if "f" in said or "f:si" in said else ""
        return self._value(kind, value, int(cell.get("s") or 0))

    def _value(self, kind: str, value: str, style: int) -> str:
        """Return a stored value as it is shown."""
        match kind:
            case "n":
                is_plain = not style and _PLAIN.fullmatch(value)
                return value if is_plain else self._numbers(value, style)
            case "s":
                return self._text(str(self._texts[int(value)]), style)
            case "b":
                return shown(bool(int(value)), GENERAL)
            case "d":
                return shown(from_ISO8601(value), GENERAL)  # type: ignore[no-untyped-call]
            case _:
                return self._text(value, style)

    def _text(self, text: str, style: int) -> str:
        code = self._format(style) if style else GENERAL
        return shown(text, code).strip() if "@" in code else text.strip()

    def _number(self, text: str, style: int) -> str:
        number = float(text)
        code = self._format(style)
        if is_date_format(code):
            is_span = bool(is_timedelta_format(code))
            try:
                made = from_excel(number, self._sheet.parent.epoch, timedelta=is_span)
            except (OverflowError, ValueError):
                return "#VALUE!"
            return shown(made, code).strip()
        return shown(number, code).strip()

    def _format(self, style: int) -> str:
        if style not in self._formats:
            made = ReadOnlyCell(self._sheet, 1, 1, None, "n", style).number_format
            self._formats[style] = made or GENERAL
        return self._formats[style]

    def _formula(self, cell: dict[str, str], said: dict[str, str]) -> str:
        """Return the text of a formula; of a shared one, moved to where it stands."""
        text, number = said.get("f", ""), said.get("f:si", "")
        if said.get("f:t") == "shared" and number in self._formulas:
            return str(self._formulas[number].translate_formula(cell.get("r", "A1")))
        if not text or said.get("f:t") == "dataTable":
            return ""
        if said.get("f:t") == "shared":
            self._formulas[number] = Translator(f"={text}", cell.get("r", "A1"))
        return f"={text}"


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    return int(column_index_from_string(letters)) - 1


def _place(coordinate: str) -> int:
    """Return the column of a coordinate from 0. Raises ValueError for what is none."""
    found = _COLUMN.match(coordinate)
    if found is None:
        raise ValueError(f"{coordinate[:20]} is no cell")
    return _column(found.group())
