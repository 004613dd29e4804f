"""What a document treats by its headings: what may be asked of it. Knows elements; asks nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rag.datamodel import Element

MIN_WORDS, MAX_WORDS = 2, 9
"""Of a heading that says what stands below it: "Results" says too little."""

MIN_BELOW: Final = 40
"""Letters that stand below a heading which is more than a line of a cover."""

_HEADINGS: Final = ("title", "heading")
_NUMBER: Final = re.compile(r"^(?:(?:\d+[.)])*\d+[.)]?|[A-Z][.)]|[IVX]+[.)])\s+")
_ENDS: Final = " :.;,–—-"


def topics_of(elements: Sequence[Element]) -> dict[str, int]:
    """Return the headings that name a topic, without their numbers, in order; and their pages.

    Of a document without pages they are of page 1.
    """
    topics: dict[str, int] = {}
    above: Element | None = None
    for heading, below in pairwise(elements):
        topic = _NUMBER.sub("", " ".join(heading.text.split())).strip(_ENDS)
        is_cover = _is_cover(above, heading, below)
        if heading.role == "heading" and not is_cover and _is_topic(topic):
            topics.setdefault(topic, heading.page or 1)
        above = heading
    return topics


def _is_cover(above: Element | None, heading: Element, below: Element) -> bool:
    """Tell whether nothing stands below a heading, or it is the second line of a title page."""
    is_second = heading.page == 1 and above is not None and above.role in _HEADINGS
    return is_second or below.role in _HEADINGS or len(below.text) < MIN_BELOW


def _is_topic(text: str) -> bool:
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return MIN_WORDS <= len(words) <= MAX_WORDS and letters > len(text) / 2
