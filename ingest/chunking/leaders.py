"""Dots that lead the eye from words to a page number: "Preface ........ 3" is `Preface … 3`.

Each dot is a token: a table of contents became a chunk a line, which crowded out what it lists.
Knows elements; knows no token counts and no file format.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from msgspec import structs

from rag.datamodel import Document, Element, Provenance

LEADER: Final = " … "
"""What stands for such dots."""

_DOTS: Final = re.compile(r" ?(?:[.·…] ?){5,}")


def without_leaders(document: Document) -> Document:
    """Return the document with each run of five dots or more as one sign.

    The places of words stay with them.
    """
    elements = tuple(map(_shortened, document.elements))
    return replace(document, elements=elements)


def _shortened(element: Element) -> Element:
    runs = [match.span() for match in _DOTS.finditer(element.text)]
    if not runs:
        return element
    provenances = tuple(_moved(one, runs) for one in element.provenances)
    return replace(element, text=_DOTS.sub(LEADER, element.text), provenances=provenances)


def _moved(provenance: Provenance, runs: list[tuple[int, int]]) -> Provenance:
    """Return a provenance whose span is that of the same words in the shortened text."""
    if provenance.span is None:
        return provenance
    start, end = (_place(at, runs) for at in provenance.span)
    return structs.replace(provenance, span=(start, end))


def _place(at: int, runs: list[tuple[int, int]]) -> int:
    """Return where a place of the text is once the runs are shortened; within one, at its end."""
    cut = sum(min(at, end) - start - len(LEADER) for start, end in runs if start < at)
    return at - cut
