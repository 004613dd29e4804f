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

_NUMBER: Final = re.compile(r"^(?:(?:\d+[.)])*\d+[.)]?|[A-Z][.)]|[IVX]+[.)])\s+")
_ENDS: Final = " :.;,–—-"


def topics_of(elements: Sequence[Element]) -> dict[str, int]:
    """Return the headings that name a topic, without their numbers, in order; and their pages.

    Of a document without pages they are of page 1.
    """
    topics: dict[str, int] = {}
    for heading, below in pairwise(elements):
        is_cover = below.role in {"heading", "title"} or len(below.text) < MIN_BELOW
        topic = _NUMBER.sub("", " ".join(heading.text.split())).strip(_ENDS)
        if heading.role == "heading" and not is_cover and _is_topic(topic):
            topics.setdefault(topic, heading.page or 1)
    return topics


def _is_topic(text: str) -> bool:
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return MIN_WORDS <= len(words) <= MAX_WORDS and letters > len(text) / 2
