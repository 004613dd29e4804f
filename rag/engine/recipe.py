"""Which parts of the program take part: all of them, or all but one, to see what it brings.

Knows the seams; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import Chunk, Filters, Hit, Query
from rag.protocols import Index, Matrix

WIDER: Final = 4
"""How many times as many hits are asked for when too many were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The parts that can be left out. `ocr`: passages that were read off pictures are searched."""

    dense: bool = True
    lexical: bool = True
    image: bool = True
    rerank: bool = True
    neighbours: bool = True
    ocr: bool = True


WHOLE: Final = Recipe()


class ChannelIndex:
    """An index whose searches of some kinds find nothing. Implements `rag.protocols.Index`."""

    def __init__(self, index: Index, recipe: Recipe) -> None:
        self._index = index
        self._recipe = recipe

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters) -> list[Hit]:
        return self._index.search_dense(vector, k=k, filters=filters) if self._recipe.dense else []

    def search_lexical(self, text: str, *, k: int, filters: Filters) -> list[Hit]:
        return (
            self._index.search_lexical(text, k=k, filters=filters) if self._recipe.lexical else []
        )

    def search_image(self, phash: str, *, k: int, filters: Filters) -> list[Hit]:
        return self._index.search_image(phash, k=k, filters=filters) if self._recipe.image else []

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        return self._index.chunks(ids)

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        return self._index.document_frequencies(terms)


class UnletteredIndex:
    """An index without the passages that were read off pictures. Implements `Index`.

    Pictures are still found as pictures; words are still counted over all passages.
    """

    def __init__(self, index: Index) -> None:
        self._index = index

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters) -> list[Hit]:
        return _typed(lambda depth: self._index.search_dense(vector, k=depth, filters=filters), k=k)

    def search_lexical(self, text: str, *, k: int, filters: Filters) -> list[Hit]:
        return _typed(lambda depth: self._index.search_lexical(text, k=depth, filters=filters), k=k)

    def search_image(self, phash: str, *, k: int, filters: Filters) -> list[Hit]:
        return self._index.search_image(phash, k=k, filters=filters)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        return [chunk for chunk in self._index.chunks(ids) if not lettering(chunk)]

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        return self._index.document_frequencies(terms)


class FoundOrder:
    """The `Reranker` that leaves hits as they were found."""

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        del query
        return [replace(hit, score=1 / hit.rank, channel="reranked") for hit in hits]


def lettering(chunk: Chunk) -> bool:
    """Tell whether the passage, or part of it, was read off a picture."""
    return chunk.confidence is not None


def _typed(search: Callable[[int], list[Hit]], *, k: int) -> list[Hit]:
    """Return the first `k` hits that are no lettering, searching deeper while there are fewer."""
    depth = k
    while True:
        found = search(depth)
        kept = [hit for hit in found if not lettering(hit.chunk)]
        if len(kept) >= k or len(found) < depth:
            return [replace(hit, rank=rank) for rank, hit in enumerate(kept[:k], start=1)]
        depth *= WIDER
