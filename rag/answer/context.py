"""Hits to a numbered context within a token budget. Nothing is cut silently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from rag.datamodel import Context, Hit
from rag.retrieve.fusion import renumber
from rag.text import content_stems

NEAR_DUPLICATE: Final = 0.9
"""Jaccard similarity of word stems from which two chunks say the same (Broder, 1997)."""


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
