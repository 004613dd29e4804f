"""What the cells of sheets show, by their kind, style and formula, and how far they go.

Of an .xlsx sheet as openpyxl tells it; words that are struck, raised or lowered are marked:
10 with a raised 6 is 10^6, never 106.
"""

from __future__ import annotations

import re
import struct
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from lxml import etree
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel, from_ISO8601

from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked, struck
from ingest.parsers.base.numbers.number_format import shown
from rag.errors import LimitError, SourceError

MAX_FORMATTED: Final = 65_536
"""Numbers as they are shown are kept: prices and days come again and again."""

GENERAL: Final = "General"
_PLAIN: Final = re.compile(r"-?[1-9]\d{0,9}|0")


def _struck_styles(book: Any) -> frozenset[int]:  # noqa: ANN401 - openpyxl brings no types
    """Return the styles of cells whose words are struck."""
    fonts = [bool(font.strike) for font in book._fonts]  # noqa: SLF001 - told nowhere else
    styles = enumerate(book._cell_styles) if any(fonts) else ()  # noqa: SLF001 - as above
    return frozenset(number for number, style in styles if fonts[style.fontId])


class CellValues:
    """What cells of one sheet show."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - as above
        self._sheet = sheet
        self._texts = sheet._shared_strings  # noqa: SLF001 - told nowhere else
        self._formulas: dict[str, Translator] = {}
        self._numbers = lru_cache(maxsize=MAX_FORMATTED)(self._number)
        self._formats: dict[int, str] = {}
        self._struck = _struck_styles(sheet.parent)

    def __call__(self, cell: dict[str, str], said: dict[str, str]) -> str:
        """Return the text of a cell by its attributes and what its elements say."""
        text = self._cell_text(cell, said)
        return struck(text) if self._struck and int(cell.get("s") or 0) in self._struck else text

    def _cell_text(self, cell: dict[str, str], said: dict[str, str]) -> str:
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
        return shown_number(float(text), self._format(style), self._sheet.parent.epoch)

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


def shown_number(number: float, code: str, epoch: datetime) -> str:
    """Return a number as its format code shows it; days and times are counted from `epoch`."""
    if not is_date_format(code):
        return shown(number, code).strip()
    try:
        made = from_excel(number, epoch, timedelta=bool(is_timedelta_format(code)))
    except (OverflowError, ValueError):
        return "#VALUE!"
    return shown(made, code).strip()


MAX_CELLS: Final = 10_000_000
"""Of the rectangles around the cells of a workbook's sheets, together: a reader that holds whole
sheets takes 64 bytes for each (calamine, measured)."""

_MAX_STYLES: Final = 65_535


class CellBudget:
    """How many cells the sheets of one workbook may yet have."""

    def __init__(self, cells: int = MAX_CELLS) -> None:
        self._left = cells

    def take(self, cells: int) -> None:
        """Raises LimitError where there are too many."""
        self._left -= cells
        if self._left < 0:
            raise LimitError(
                f"The sheets reach over more than {MAX_CELLS:,} cells, also empty ones.",
                hint="Save it as .xlsx, or delete the cells far off.",
            )


class CellStyles:
    """The cells of one sheet: rows and columns from 0."""

    def __init__(self, budget: CellBudget) -> None:
        self._budget = budget
        self._rows = self._columns = 0
        self._styles: dict[int, array[int]] = {}

    def add(self, row: int, column: int, style: int) -> None:
        """Take in a cell that has a value. Raises LimitError where it stands too far off."""
        rows, columns = max(self._rows, row + 1), max(self._columns, column + 1)
        if (rows, columns) != (self._rows, self._columns):
            self._budget.take(rows * columns - self._rows * self._columns)
            self._rows, self._columns = rows, columns
        line = self._styles.setdefault(row, array("H"))
        line.extend([0] * (column + 1 - len(line)))
        line[column] = min(style, _MAX_STYLES)

    def code(self, row: int, column: int, codes: Sequence[str]) -> str:
        """Return the format code of a cell, of the codes of all styles."""
        line = self._styles.get(row, ())
        style = line[column] if column < len(line) else 0
        return codes[style] if style < len(codes) else GENERAL


@contextmanager
def whole_records() -> Iterator[None]:
    """Raise SourceError where a record is shorter than what it should hold."""
    try:
        yield
    except (struct.error, IndexError) as error:
        raise SourceError(
            "The file is damaged: one of its records is too short.",
            hint="Open and save it with the program that made it.",
        ) from error


def codes_of(formats: Sequence[int], own: dict[int, str]) -> list[str]:
    """Return the format code of each style, from its number and the codes of the workbook's own."""
    return [own.get(number) or BUILTIN_FORMATS.get(number, GENERAL) for number in formats]


_FORMATS: Final = (b"strike", b"vertAlign")
_TEXTS: Final = "sharedstrings.xml"
PLACES: Final[dict[str, Place]] = {"superscript": "raised", "subscript": "lowered"}


def rich_texts(archive: zipfile.ZipFile) -> list[str] | None:
    """Return a workbook's shared texts with what formatting says; None where it says nothing."""
    part = next((n for n in archive.namelist() if n.lower().endswith(_TEXTS)), None)
    if part is None or not _is_formatted(archive, part):
        return None
    made: list[str] = []
    with archive.open(part) as source:
        for _, item in etree.iterparse(source, tag="{*}si", resolve_entities=False):
            made.append(_text(item))
            item.clear()
    return made


def _is_formatted(archive: zipfile.ZipFile, part: str) -> bool:
    data = archive.read(part)
    return any(word in data for word in _FORMATS)


def _text(item: etree._Element) -> str:
    runs: list[Run] = []
    for node in item:
        tag = etree.QName(node).localname
        if tag == "t":
            runs.append((node.text or "", PLAIN))
        elif tag == "r":
            runs.append((node.findtext("{*}t") or "", _look(node)))
    return marked(runs)


def _look(run: etree._Element) -> Look:
    align, strike = run.find("{*}rPr/{*}vertAlign"), run.find("{*}rPr/{*}strike")
    place = PLACES.get(align.get("val", ""), "") if align is not None else ""
    is_struck = strike is not None and is_on(strike.get("val"))
    return Look(is_struck, place) if is_struck or place else PLAIN


def is_on(value: str | None) -> bool:
    """Say whether an element that switches something on does so, by its `val`."""
    return value not in {"0", "false"}
