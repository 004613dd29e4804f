"""What the text above says of tables, as their caption, as no row repeats it. Pure.

The words that introduce one ("Cash flows were as follows ($ in millions):"), and a scale that is
declared for all below: "Notes (amounts in millions, except per share)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from rag.datamodel import Element, Provenance, places_within
from rag.number_forms import told_scale
from rag.text import sentence_spans

_MAX_LETTERS: Final = 300
_MAX_TITLE_LETTERS: Final = 120
"""A line without a colon is a title ("Six Months", "$ in millions") if it is as short as this."""

_ENDS: Final = tuple(".!?;,。！？")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")

_LAST_BRACKET: Final = re.compile(r"\([^()]{1,200}\)$")
_MONEY: Final = re.compile(r"[$€£¥]\s?\(?\d")
_HEADER_ROWS: Final = 2


def with_introductions(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements; of a paragraph above a table what introduces it follows it."""
    caption: Element | None = None
    for element, below, after in zip_longest(elements, elements[1:], elements[2:]):
        if caption is not None:
            yield element
            yield caption
            caption = None
        elif (start := _introduction(element, below, after)) is None:
            yield element
        else:
            caption = replace(_part(element, start, len(element.text)), role="caption")
            if before := element.text[:start].rstrip():
                yield _part(element, 0, len(before))


def _introduction(element: Element, below: Element | None, after: Element | None) -> int | None:
    """Return where in an element the words begin that introduce the table below, if it has some."""
    is_above_table = below is not None and below.role == "table" and below.page == element.page
    has_caption = after is not None and after.role == "caption"
    if element.role != "paragraph" or not is_above_table or has_caption or not element.text:
        return None
    start = sentence_spans(element.text)[-1][0]
    said = element.text[start:].strip()
    if said.endswith((":", "：")):
        return start if len(said) <= _MAX_LETTERS else None
    is_short = len(element.text) <= _MAX_TITLE_LETTERS
    is_closed = said.rstrip("\"'”’») ").endswith(_ENDS)
    return 0 if is_short and not is_closed and len(_WORD.findall(element.text)) > 1 else None


def _part(element: Element, start: int, end: int) -> Element:
    """Return an element's text from `start` to `end`, with the places of just that part."""
    places = places_within(element.provenances, start, end)
    return replace(element, text=element.text[start:end], provenances=places)


def with_declared_scales(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements; each table with money that tells no scale has the last declared one.

    It is the last line of the table's caption, which directly follows it.
    """
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
