"""A scale that is declared for the tables below: "Notes (amounts in millions, except per share)".

It becomes the last line of the caption of each table with money that tells none of its own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Element, Provenance
from rag.number_forms import told_scale

_LAST_BRACKET: Final = re.compile(r"\([^()]{1,200}\)$")
_MONEY: Final = re.compile(r"[$€£¥]\s?\(?\d")
_HEADER_ROWS: Final = 2


def with_declared_scales(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements; a caption directly follows its table."""
    declared = ""
    around = zip((None, *elements), elements, (*elements[1:], None), strict=False)
    for above, element, below in around:
        table = above if element.role == "caption" else element
        is_captioned = below is not None and below.role == "caption"
        if table is None or table.role != "table":
            declared = _declared(element) or declared
            yield element
        elif not declared or (table is element and is_captioned):
            yield element
        else:
            yield from _with_scale(table, element, declared)


def _declared(element: Element) -> str:
    """Return the bracket that a text ends with, if it tells a scale."""
    bracket = _LAST_BRACKET.search(element.text.rstrip())
    is_text = element.role in {"heading", "paragraph"}
    return bracket.group() if is_text and bracket and told_scale(bracket.group()) else ""


def _with_scale(table: Element, last: Element, declared: str) -> Iterator[Element]:
    """Yield a table without a caption, or its caption, with the scale where it tells none."""
    header = table.text.split("\n")[:_HEADER_ROWS]
    said = "\n".join([*header, last.text if last is not table else ""])
    if told_scale(said) or not _MONEY.search(table.text):
        yield last
    elif last is table:
        yield table
        place = Provenance(page=table.page, span=(0, len(declared)))
        yield Element(role="caption", text=declared, provenances=(place,))
    else:
        yield replace(last, text=f"{last.text}\n{declared}")
