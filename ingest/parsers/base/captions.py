"""Captions go directly after the figure or table that they belong to. For formats without pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.parsers.base.elements import text_element
from rag.datamodel import Element, Role

CAPTION_LETTERS: Final = 600
_TABLE: Final = re.compile(
    r"(table|tab\.|tabelle|tableau|tabla|tabella|tabel)\s*[\dIVX]", re.IGNORECASE
)
_FIGURE: Final = re.compile(
    r"(figure|fig\.?|abbildung|abb\.?|figura|image|photo|chart|diagram|exhibit|grafik)\s*\d",
    re.IGNORECASE,
)


def place_captions(elements: Sequence[Element]) -> list[Element]:
    """Return the elements with each caption after its own; those above a table move below it."""
    placed = list(elements)
    at = 0
    while at < len(placed):
        wanted = _belongs_to(placed[at])
        before = placed[at - 1].role if at else None
        after = placed[at + 1].role if at + 1 < len(placed) else None
        if wanted and after == wanted and (wanted == "table" or before != wanted):
            placed[at], placed[at + 1] = placed[at + 1], _as_caption(placed[at])
            at += 1
        elif wanted and before == wanted:
            placed[at] = _as_caption(placed[at])
        at += 1
    return _joined(placed)


def _joined(elements: Sequence[Element]) -> list[Element]:
    """Make one caption of several below a thing (its caption, and what it says of itself)."""
    joined: list[Element] = []
    for element in elements:
        before = joined[-1] if joined else None
        if before is not None and before.role == element.role == "caption":
            texts = sorted((before.text, element.text), key=lambda text: not _is_label(text))
            joined[-1:] = text_element("\n".join(texts), "caption")
        else:
            joined.append(element)
    return joined


def _is_label(text: str) -> bool:
    return bool(_TABLE.match(text) or _FIGURE.match(text))


def _belongs_to(element: Element) -> Role | None:
    """Return what kind of thing an element names as a caption does; None where it is text."""
    if element.role not in {"paragraph", "heading", "caption"}:
        return None
    if len(element.text) > CAPTION_LETTERS:
        return None
    if _TABLE.match(element.text):
        return "table"
    return "figure" if _FIGURE.match(element.text) else None


def _as_caption(element: Element) -> Element:
    return replace(element, role="caption", level=None)
