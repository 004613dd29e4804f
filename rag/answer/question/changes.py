"""What grew or shrank most, and the columns of a table that tell it. English rules over words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.text import words

_CHANGE: Final = frozenset({"change", "growth", "variation", "yoy", "veränderung", "évolution"})
"""What columns are called by that tell how much a thing grew, or shrank."""

_MOST: Final = (
    r"(?:the\s+)?(?:most|fastest|quickest|strongest|steepest|largest|biggest|greatest|highest)"
)
_BY_MOST: Final = (
    rf"\s+(?:by\s+)?{_MOST}(?:\s+(?:share|part|percentage)\b|(?=\W*$|\s+(?:in|over|since|between"
    r"|during|from|of|by|overall|this|last|compared|relative|per|after|before|within|among)\b))"
)
_GREW: Final = re.compile(
    r"\b(?:gr(?:ew|ows?|own|owing)|r(?:ose|ises?|isen|ising)|increas(?:e[sd]?|ing)"
    rf"|gain(?:s|ed|ing)?|climb(?:s|ed|ing)?){_BY_MOST}"
    rf"|\b{_MOST}\s+(?:growth|rise|increase|gain)\b",
    re.IGNORECASE,
)
_SHRANK: Final = re.compile(
    r"\b(?:shr(?:ank|inks?|unk|inking)|f(?:ell|alls?|allen|alling)|drop(?:s|ped|ping)?"
    rf"|declin(?:e[sd]?|ing)|decreas(?:e[sd]?|ing)|los(?:t|es?|ing)){_BY_MOST}"
    rf"|\b{_MOST}\s+(?:fall|drop|decline|decrease|loss)\b",
    re.IGNORECASE,
)
"""How is said what changed most, up and down."""


def asks_change(text: str) -> bool:
    """Tell whether it is asked what grew or shrank most."""
    return _SHRANK.search(text) is not None or _GREW.search(text) is not None


def changed(text: str, names: Sequence[str]) -> str:
    """Return a question for what grew or shrank most by the column that tells it; "" for none."""
    column = change_among(names) if asks_change(text) else ""
    told = _SHRANK.sub(f"has the lowest {column}", text)
    return _GREW.sub(f"has the highest {column}", told) if column else ""


def change_among(names: Sequence[str]) -> str:
    """Return what a column is called by that tells how much a thing changed; "" for none."""
    return next((word for name in names for word in words(name) if word in _CHANGE), "")
