"""Numbers and dates as a spreadsheet shows them (ECMA-376, part 1, 18.8.30). Knows no files.

Covers what people use: decimals, thousands, percent, currency, parentheses for negatives,
scaling by commas, dates and times. Anything stranger is shown plainly.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final

GENERAL_DIGITS: Final = 11
"""How many digits Excel shows where no format is set."""

_LITERAL: Final = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_BRACKETS: Final = re.compile(r"\[[^\[\]]*\]")
_CURRENCY: Final = re.compile(r"\[\$([^\[\]-]*+)(?:-[^\[\]]*+)?\]")
_DIGITS: Final = re.compile(r"[#0?][#0?,]*(?:\.([#0?]*))?(,*)")
_DATE_LETTERS: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no time zones
_LAST_SERIAL: Final = 2_958_465  # 31 December 9999


def shown(value: object, code: str) -> str:
    """Return a cell's value as its format code shows it; "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return _shown_time(value)
    if isinstance(value, int | float):
        return _shown_number(float(value), code or "General")
    return str(value)


def _shown_time(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    return str(value).partition(".")[0]


def _shown_number(value: float, code: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return str(value)
    if code == "General":
        return _general(value)
    if is_date_code(code) and 0 <= value <= _LAST_SERIAL:
        return _shown_time(_EPOCH + dt.timedelta(seconds=round(value * 86400)))
    sections = _CURRENCY.sub(lambda match: f'"{match.group(1)}"', code).split(";")
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:  # noqa: PLR2004 - positive; negative; zero
        section = sections[2]
    return _by_section(value, _BRACKETS.sub("", section))


@lru_cache(maxsize=4096)
def is_date_code(code: str) -> bool:
    """Say whether a format code shows a date or a time."""
    bare = _BRACKETS.sub("", _LITERAL.sub("", code))
    return bool(_DATE_LETTERS.search(bare)) and "general" not in code.lower()


def _by_section(value: float, section: str) -> str:
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match.group(1) or match.group(2) or "")
        return "\0"

    marked = _LITERAL.sub(keep, section)
    digits = _DIGITS.search(marked)
    if not digits or "E" in marked.upper().replace("GENERAL", ""):
        text = _general(value) if "\0" not in marked or "eneral" in marked else ""
        marked = re.sub("general|@|(?<![0#.])[0#.]++E.*", "\1", marked, flags=re.IGNORECASE) or "\1"
    else:
        text = _by_digits(value * (100 if "%" in marked else 1), digits)
        marked = marked[: digits.start()] + "\1" + marked[digits.end() :]
    for literal in literals:
        marked = marked.replace("\0", literal, 1)
    return " ".join(marked.replace("\1", text).split())


def _by_digits(value: float, digits: re.Match[str]) -> str:
    """Show a number by its digits: grouped if the code has a comma, scaled by trailing ones."""
    decimals = digits.group(1) or ""
    whole = digits.group(0)
    scaled = value / 1000 ** len(digits.group(2) or _trailing_commas(whole))
    grouped = "," if "," in whole.rstrip(",") else ""
    text = f"{scaled:{grouped}.{len(decimals)}f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    for _ in range(optional):
        text = text.removesuffix("0")
    text = text.rstrip(".")
    return text.removeprefix("-") if not text.strip("-0.,") else text


def _trailing_commas(whole: str) -> str:
    return whole[len(whole.rstrip(",")) :] if "." not in whole else ""


def _general(value: float) -> str:
    """Show a number without a format: no 0.30000000000000004."""
    if value == int(value) and abs(value) < 10**GENERAL_DIGITS:
        return str(int(value))
    text = f"{value:.{GENERAL_DIGITS - 1}g}"
    return text if "e" in text else text.rstrip("0").rstrip(".") if "." in text else text
