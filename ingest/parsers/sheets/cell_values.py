"""What the cells of an .xlsx sheet show, by their kind, style and formula, as openpyxl tells it."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel, from_ISO8601

from ingest.parsers.base.formatting import struck
from ingest.parsers.base.numbers.number_format import shown

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
        text = self._told(cell, said)
        return struck(text) if self._struck and int(cell.get("s") or 0) in self._struck else text

    def _told(self, cell: dict[str, str], said: dict[str, str]) -> str:
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
