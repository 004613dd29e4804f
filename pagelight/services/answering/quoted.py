"""Where the words that are cited stand in a document's elements. Pure: knows no HTML.

A chunk joins several elements, so its quote is found again in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pagelight.services.answering.places import Place
from rag.datamodel import Element

Span = tuple[int, int]
Spans = Mapping[int, Sequence[Span]]
"""Position of an element -> ranges of its text that are cited."""


def find_quote(elements: Sequence[Element], place: Place) -> dict[int, list[Span]]:
    """Return where the quote stands; line by line where no one element holds all of it.

    Of several equal places the one that shares most text with the chunk wins, the first of equals.
    """
    if place.found:
        return {i: [place.found[1]] for i, e in enumerate(elements) if e is place.found[0]}
    candidates = [i for i, e in enumerate(elements) if e.text and _on_page(e, place.page)]
    ranked = sorted(candidates, key=lambda i: -_kinship(elements[i].text, place.chunk.text))
    whole = _first_match(elements, ranked, place.quote)
    if whole:
        return {whole[0]: [whole[1]]}
    found: dict[int, list[Span]] = {}
    for line in place.quote.splitlines():
        match = _first_match(elements, ranked, line)
        if match:
            found.setdefault(match[0], []).append(match[1])
    return {i: sorted(set(spans)) for i, spans in found.items()}


def _on_page(element: Element, page: int | None) -> bool:
    return page is None or element.page in {None, page}


def _kinship(text: str, chunk_text: str) -> int:
    """Count the letters of the element's lines that stand in the chunk as they are."""
    return sum(
        len(line) for line in text.splitlines()[:2000] if line.strip() and line in chunk_text
    )


def _first_match(
    elements: Sequence[Element], order: Sequence[int], quote: str
) -> tuple[int, Span] | None:
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    for i in order:
        match = pattern.search(elements[i].text)
        if match:
            return i, match.span()
    return None
