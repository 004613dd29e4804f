"""Numbers as they are written: value, unit and scale. Knows text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rag.number_forms import NUMBER, SCALES, read_number

_CLOCK: Final = re.compile(r"(?<!\d)(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)(?!\d)")
_SCALE: Final = re.compile(r"\b(thousand|million|billion|trillion)s?\b", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"[$€£¥]")
MEASURES: Final = (
    r"°\s?[CF]|mm|cm|km/h|km|m/s|m|kg|g|mg|t|kWh|MWh|kW|MW|W|V|A|Hz|kHz|MHz|GHz|GB|MB|ml|l|h|min|s"
    r"|hours|minutes|seconds|days|weeks|months|years|litres|tonnes"
)
"""Units as a pattern."""

_MEASURE: Final = re.compile(rf"(?:(?<=\d)|(?<=[\s(\[]))({MEASURES})[)\]]?$")


_PER_CENT: Final = re.compile(r"%|\bper ?cent\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number: `value` as written, `decimals` after its point, unit `%`, a currency or ""."""

    value: float
    decimals: int = 0
    unit: str = ""
    scale: float = 1.0

    @property
    def size(self) -> float:
        """The value with its scale."""
        return self.value * self.scale


def quantity(text: str) -> Quantity | None:
    """Read the first number of a text; None if there is none.

    A comma groups thousands or, where it can't, is a decimal point; brackets and a dash negate;
    `12:30.5` are minutes and seconds.
    """
    clock = _CLOCK.search(text)
    if clock is not None:
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return Quantity(value=hours * 3600 + minutes * 60 + seconds)
    found = NUMBER.search(text)
    if found is None:
        return None
    read = read_number(found.group())
    if read is None:
        return None
    before = text[: found.start()].rstrip(" $€£¥")
    negative = before.endswith(("-", "−", "–")) or (before.endswith("(") and ")" in text)
    return Quantity(
        value=-read.value if negative else read.value,
        decimals=read.decimals,
        unit=_unit(text),
        scale=_scale(text),
    )


def _unit(text: str) -> str:
    if _PER_CENT.search(text):
        return "%"
    currency = _CURRENCY.search(text)
    return currency.group() if currency else ""


def measure(text: str) -> str:
    """Return the unit that a number or a column's name ends with ("212 cm", "Sun h"); else ""."""
    found = _MEASURE.search(text.strip())
    return found.group(1) if found else ""


def _scale(text: str) -> float:
    stated = _SCALE.search(text)
    return SCALES[stated.group(1).lower()] if stated else 1.0
