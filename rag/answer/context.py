"""Hits to a numbered context within a token budget. Nothing is cut silently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Chunk, Context, Hit
from rag.retrieve.fusion import renumber
from rag.text import content_stems

NEAR_DUPLICATE: Final = 0.9
"""Jaccard similarity of word stems from which two chunks say the same (Broder, 1997)."""


BROUGHT_BY: Final = 2
"""How many of the best hits bring their neighbours."""

MOST_BROUGHT: Final = 4


def with_neighbours(
    hits: Sequence[Hit], fetch: Callable[[Sequence[str]], Sequence[Chunk]]
) -> list[Hit]:
    """Return the hits and, after them, what stands by the best ones and is not among them.

    A figure brings the text that mentions it and the other way round; then comes what stands
    directly before and after. `fetch` returns the chunks of some ids.
    """
    known = {hit.chunk.id for hit in hits}
    bringers = {n: hit for hit in hits[:BROUGHT_BY] for n in hit.chunk.neighbours}
    wanted = [chunk_id for chunk_id in bringers if chunk_id not in known][:MOST_BROUGHT]
    brought = [
        replace(bringers[chunk.id], chunk=chunk, rank=rank)
        for rank, chunk in enumerate(fetch(wanted), start=len(hits) + 1)
    ]
    return [*hits, *brought]


def build_context(
    hits: Sequence[Hit], *, budget_tokens: int, count_tokens: Callable[[str], int]
) -> Context:
    """Number hits in order while they fit; near-duplicates and what does not fit are `dropped`.

    A later, smaller hit may still fit after one that does not.
    """
    kept: list[Hit] = []
    dropped: list[Hit] = []
    stems: list[frozenset[str]] = []
    used = 0
    for hit in hits:
        tokens = count_tokens(hit.chunk.embedding_text)
        found = frozenset(content_stems(hit.chunk.text))
        if used + tokens > budget_tokens or any(_same(found, other) for other in stems):
            dropped.append(hit)
            continue
        kept.append(hit)
        stems.append(found)
        used += tokens
    return Context(hits=tuple(renumber(kept)), dropped=tuple(dropped), token_count=used)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    if not one or not other:
        return False
    return len(one & other) >= NEAR_DUPLICATE * len(one | other)
