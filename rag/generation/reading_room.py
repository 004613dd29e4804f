"""The sources of one prompt: what was found, what stands around it, and which pages are shown.

The best hits come first, then all that stands on the pages of the best, then the other hits and
their pages, as far as the budget goes. What was taken is put in the order of its pages: a model
reads a page better than cuttings of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.context import Fetch, brought, build_context
from rag.datamodel import Context, Hit
from rag.generation.page_pictures import pictures_of
from rag.retrieval.fusion import renumber

WHOLE_PAGES: Final = 3
"""The pages of so many of the best hits are read whole before further hits are; see
benchmarks/LOG.md."""

Place = tuple[str, int | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSize:
    """How much a model reads: tokens of words, and at most so many pictures."""

    tokens: int
    pictures: int


class ReadingRoom:
    """Makes the context of a model that writes. `page_of` returns all chunks of some chunks' pages.

    `drawn` tells for ids of documents which of them have pages that can be shown.
    """

    def __init__(
        self,
        page_of: Fetch,
        drawn: Callable[[Sequence[str]], frozenset[str]],
        *,
        count_tokens: Callable[[str], int],
        size: RoomSize,
    ) -> None:
        self._page_of = page_of
        self._drawn = drawn
        self._count_tokens = count_tokens
        self._size = size

    def packed(self, hits: Sequence[Hit]) -> Context:
        """Return as many of the first hits as there is room for, numbered in their order."""
        return build_context(hits, budget_tokens=self._size.tokens, count_tokens=self._count_tokens)

    def furnished(self, hits: Sequence[Hit], found: Context) -> Context:
        """Return what is read of `hits`, best first; `found` is what a quoted answer would use.

        Sources are numbered in the order of their pages, pictures of pages after them.
        """
        packed = self.packed(list(self._wanted(hits, found)))
        context = replace(packed, hits=tuple(renumber(_by_pages(packed.hits))))
        if not self._size.pictures:
            return replace(context, pictures=())
        drawn = self._drawn(list({hit.chunk.doc_id for hit in hits}))
        return pictures_of(context, hits, self._page_of, drawn=drawn, most=self._size.pictures)

    def _wanted(self, hits: Sequence[Hit], found: Context) -> Iterator[Hit]:
        """Yield each chunk once, what is likelier to hold the answer first."""
        known: set[str] = set()
        best = (*found.hits, *found.dropped)
        leading = _leaders(hits)
        for hit in (*best, *self._mates(leading[:WHOLE_PAGES]), *hits, *self._mates(leading)):
            if hit.chunk.id not in known:
                known.add(hit.chunk.id)
                yield hit

    def _mates(self, leaders: Sequence[Hit]) -> Iterator[Hit]:
        """Yield what stands on the pages of some hits, in reading order, page after page."""
        for hit in leaders:
            for chunk in sorted(self._page_of([hit.chunk.id]), key=lambda one: one.ordinal):
                yield replace(hit, chunk=brought(chunk, hit), found_by=(), relevance=None)


def _leaders(hits: Sequence[Hit]) -> list[Hit]:
    """Return the first hit of each page."""
    first: dict[Place, Hit] = {}
    for hit in hits:
        first.setdefault(hit.chunk.place, hit)
    return list(first.values())


def _by_pages(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits page by page, the page of the best hit first, each in reading order."""
    pages: dict[Place, list[Hit]] = {}
    for hit in hits:
        pages.setdefault(hit.chunk.place, []).append(hit)
    return [
        hit for page in pages.values() for hit in sorted(page, key=lambda one: one.chunk.ordinal)
    ]
