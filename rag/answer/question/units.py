"""The unit that a question names, and whether texts hold it: "how loud is it, in dB".

Symbols and names of units of the SI and of those used beside it (BIPM, The International System of
Units, 9th edition, tables 2 to 8), with a few that are customary. Knows words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_NAMED_IN: Final = (
    r"(?:\b(?i:in|how\s+many|wie\s+viele?|combien\s+de|cu[aá]ntos?|quanti|quantos|hoeveel)\s+|\()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """Units of one measure: as questions name them, and what else texts have for them.

    `alone` is what asks for one by itself.
    """

    named: str
    told: str = r"(?!)"
    alone: str = r"(?!)"

    def asks(self) -> re.Pattern[str]:
        return re.compile(rf"{_NAMED_IN}(?:{self.named})(?![\w/])|\b(?:{self.alone})\b")

    def holds(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W\d_])(?:{self.named}|{self.told})(?![^\W\d_])")


_MEASURES: Final = (
    _Measure(named=r"[mkM]W|(?i:(?:kilo|milli|mega)?watts?)", told="W", alone="(?i:wattage)"),
    _Measure(named=r"[mk]V|(?i:(?:milli|kilo)?volts?)", told=r"V(?:AC|DC)?"),
    _Measure(named=r"[mµ]A|(?i:(?:milli)?amp(?:ere)?s)", told=r"A|(?i:amp[eè]re)"),
    _Measure(named=r"(?i:dba?|decibels?)", told=r"(?i:décibels?)"),
    _Measure(named=r"(?i:[kmg]?hz|(?:kilo|mega|giga)?hertz)"),
    _Measure(named=r"(?i:[kmgt]i?b(?:it|yte)?s?\s?(?:/\s?s(?:ec)?|ps|per\ssecond))"),
    _Measure(named=r"(?i:(?:g/)?[km]?wh|kilowatt[ -]?hours?)", told=r"(?i:kilowattstunden)"),
    _Measure(
        named=r"(?i:°\s?[cf]|degrees)",
        told=r"[°º]|℃|℉|(?i:degree|grad|degrés?|grados?|gradi|graden)",
    ),
    _Measure(
        named=r"(?i:%|per\s?cent(?:age\spoints?)?)",
        told=r"(?i:percentage|pct|prozent(?:punkte)?|pour\s?cent|por\s?cien?to|per\scento|procent)",
        alone=r"(?i:percentage|what\s+percent)",
    ),
    _Measure(
        named=r"(?i:[mk]g|(?:milli|kilo)?grams?|kilos?|pounds|lbs?|tonnes?|tons|ounces?)",
        told=r"(?i:g|t|oz|pound|(?:kilo)?gramm(?:es|i)?|(?:kilo)?gramos?|tonnen|toneladas?)|£",
    ),
    _Measure(
        named=r"(?i:[mck]?m|(?:milli|centi|kilo)?met(?:er|re)s?|miles|feet|inch(?:es)?|yards)",
        told=r"(?i:ft|mi|mile|foot|yard|(?:kilo|centi)?m[eè]tr[eoi]s?|(?:kilo)?metros?)"
        r"|(?<=\d)[″\"′']",
    ),
    _Measure(named=r"(?i:km/h|kmh|kph|mph|m/s|knots|rpm)", told=r"(?i:kn|kt|knot|u/min)"),
    _Measure(
        named=r"(?i:ml|lit(?:er|re)s?|millilit(?:er|re)s?|gallons?)",
        told=r"(?i:l|gal|litros?|litri)",
    ),
)
_UNITS: Final = tuple((one.asks(), one.holds()) for one in _MEASURES)
"""What asks for a unit, and what tells whether a text holds one of its kind."""


def lacks_unit(question: str, texts: Iterable[str]) -> bool:
    """Tell whether a question names a unit of which none of the texts holds one, or a like one."""
    wanted = [holds for asks, holds in _UNITS if asks.search(question)]
    found = tuple(texts) if wanted else ()
    return any(not any(holds.search(text) for text in found) for holds in wanted)
