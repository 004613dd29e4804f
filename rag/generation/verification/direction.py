"""Whether the numbers of a sentence go the way that its words say: "declined from 31 to 33"."""

from __future__ import annotations

import re
from typing import Final

from rag.quantities import Quantity, quantity
from rag.text import YEAR

_UP: Final = (
    "increas(?:e|es|ed|ing)|r(?:i|o)se|rises|risen|gr(?:o|e)w|grows|grown|up|climbed|gained"
    "|stieg(?:en)?|gestiegen|wuchs|gewachsen|augment(?:e|é|ée|és|ent)|aument(?:a|ó|an|ado|ato)"
)
_DOWN: Final = (
    "decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|f(?:a|e)ll|falls|fallen|dropp?(?:ed|s)?|down"
    "|reduc(?:e|es|ed|ing)|sank(?:en)?|gesunken|fiel(?:en)?|gefallen|baiss(?:e|é|ée|ent)"
    "|diminu(?:e|é|ée|ent|ye|yó|ito)|baj(?:a|ó|an|ado)"
)
_WAY: Final = re.compile(rf"\b(?:(?P<up>{_UP})|(?:{_DOWN}))\b", re.IGNORECASE)

_AMOUNT: Final = (
    r"(?:[A-Z]{2,3}\s?|[$€£¥]\s?){0,2}(?P<amount>\d[\d.,]*(?:\s?%|\s(?:[tmb]r?illion|thousand)\b)?)"
)
_SINCE: Final = re.compile(rf"\b(?:from|von|de|desde|da)\s{_AMOUNT}")
_TO: Final = re.compile(rf"\b(?:to|auf|à|a)\s{_AMOUNT}")
_ANY: Final = re.compile(_AMOUNT)
_YEAR: Final = re.compile(YEAR)

REACH: Final = 60
"""Letters between a direction and its numbers."""


def contradicts_itself(sentence: str) -> bool:
    """Tell whether something is said to rise (fall) from one number to a lesser (greater) one."""
    said = sentence.replace("**", "")
    return any(_is_against(said, old) for old in _SINCE.finditer(said))


def _is_against(said: str, old: re.Match[str]) -> bool:
    before = said[max(0, old.start() - REACH) : old.start()]
    way = _last(_WAY, before)
    if way is None:
        return False
    new = _TO.search(said, old.end(), old.end() + REACH)
    if new is None and not before[way.end() :].strip():  # "12, down from 15"
        new = _last(_ANY, before[: way.start()])
    if new is None or ("%" in old["amount"]) != ("%" in new["amount"]):
        return False
    one, other = _read(old["amount"]), _read(new["amount"])
    if one is None or other is None:
        return False
    return other.size < one.size if way["up"] else other.size > one.size


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _read(amount: str) -> Quantity | None:
    return None if _YEAR.fullmatch(amount) else quantity(amount.rstrip(".,"))
