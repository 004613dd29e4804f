"""What stands at the top and the foot of every page: said once, without the page's number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ingest.parsers.base.elements import one_line, text_element
from rag.datamodel import Element

PAGE_NUMBER: Final = "\x01"
"""Stands for a field that counts pages; `clean` takes it away."""

_PART: Final = re.compile(r"[\t\n]+| {3,}")
_MAX_COUNTING_WORDS: Final = 3
"""A part with a page's number and no more words than these ("Page 3 of 9 pages") counts alone."""


def margin_element(texts: Iterable[str]) -> list[Element]:
    """Return the lines of headers or footers as one paragraph, each line once."""
    lines = (" ".join(filter(None, map(_words, _PART.split(text)))) for text in texts)
    return text_element("\n".join(dict.fromkeys(filter(None, lines))))


def _words(part: str) -> str:
    words = one_line(part.replace(PAGE_NUMBER, " "))
    telling = [word for word in words.split() if any(map(str.isalnum, word))]
    counts = PAGE_NUMBER in part and len(telling) <= _MAX_COUNTING_WORDS
    return "" if counts or not telling else words
