"""The words that introduce a table ("Cash flows were as follows ($ in millions):"): its caption.

They say what the cells are and in which unit, and no row repeats it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from rag.datamodel import Element, places_within
from rag.text import sentence_spans

_MAX_LETTERS: Final = 300
_MAX_TITLE_LETTERS: Final = 120
"""A line without a colon is a title ("Six Months", "$ in millions") if it is as short as this."""

_ENDS: Final = tuple(".!?;,。！？")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


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
