"""The sections of a document by its own headings: those at the top, or those of one section.

Knows a document and its chunks; knows no index and no model.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from rag.answer.library.byline import StatedWords
from rag.datamodel import Chunk, Element
from rag.text import content_stems

LEAST_SECTIONS: Final = 3
"""Fewer headings of one depth are no division of a document: a cover has lines in large print."""

LEAST_WITHIN: Final = 2


def sections(
    elements: Sequence[Element], chunks: Sequence[Chunk], *, of: str = ""
) -> list[StatedWords]:
    """Return the highest headings of which there are several, or those below the section `of`.

    `chunks` are those of the document in reading order. [] where it is not divided.
    """
    headings = _each_once(elements)
    least = LEAST_WITHIN if of else LEAST_SECTIONS
    among = _below(headings, of) if of else headings
    for depth in sorted({_depth(one) for one in among}):
        found = [one for one in among if _depth(one) == depth]
        if len(found) >= least:
            return [place for one in found if (place := _place(one, chunks))]
    return []


def _each_once(elements: Sequence[Element]) -> list[Element]:
    """Return the headings without those that repeat one, as at the top of pages."""
    found: dict[str, Element] = {}
    for one in elements:
        if one.role == "heading" and one.text:
            found.setdefault(one.text.casefold(), one)
    return list(found.values())


def _depth(heading: Element) -> int:
    return heading.level or 1


def _below(headings: Sequence[Element], name: str) -> list[Element]:
    """Return the headings between the first that is called so and the next that is as high."""
    wanted = set(content_stems(name))
    called = [n for n, one in enumerate(headings) if wanted <= set(content_stems(one.text))]
    if not wanted or not called:
        return []
    depth, later = _depth(headings[called[0]]), headings[called[0] + 1 :]
    return list(itertools.takewhile(lambda heading: _depth(heading) > depth, later))


def _place(heading: Element, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return a heading where its words stand, or else at the beginning of what stands under it."""
    words = " ".join(heading.text.split())
    for chunk in chunks:
        is_there = heading.page in (None, chunk.page)
        start = chunk.text.find(heading.text) if is_there else -1
        if start >= 0:
            return StatedWords(chunk=chunk, start=start, end=start + len(heading.text), told=words)
    under = next((c for c in chunks if heading.text in c.headings), None)
    if under is None:
        return None
    end = len(under.text.partition("\n")[0])
    return StatedWords(chunk=under, start=0, end=end, told=words)
