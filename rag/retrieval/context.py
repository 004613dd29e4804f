"""Hits to a numbered context within a token budget. Nothing is cut silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from msgspec import structs

from rag.datamodel import Chunk, Context, Hit
from rag.retrieval.fusion import renumber
from rag.text import content_stems, sentence_spans

NEAR_DUPLICATE: Final = 0.9
"""Jaccard similarity of word stems from which two chunks say the same (Broder, 1997)."""


BROUGHT_BY: Final = 3
"""The pages of so many of the best hits are looked at whole."""

MAX_BROUGHT: Final = 5
MAX_OF_PAGE: Final = 14

Fetch = Callable[[Sequence[str]], Sequence[Chunk]]
"""Returns the chunks of some ids, in any order."""

PageKey = tuple[str, int | None]
"""A document's id and the number of a page, None where it has none."""


def with_neighbours(
    hits: Sequence[Hit],
    fetch: Fetch,
    *,
    asked: Collection[str],
    stems: Callable[[str], Iterable[str]] = content_stems,
) -> list[Hit]:
    """Return the hits, and what on the best pages shares most stems with what is `asked`."""
    places = list(dict.fromkeys(page_key(hit.chunk) for hit in hits))[:BROUGHT_BY]
    wanted = set(asked)
    pool = [(chunk, hit) for place in places for chunk, hit in _mates(place, hits, fetch)]
    pool.sort(key=lambda one: -len(wanted.intersection(stems(one[0].embedding_text))))
    brought = [
        replace(hit, chunk=chunk, rank=rank, found_by=(), relevance=None)
        for rank, (chunk, hit) in enumerate(pool[:MAX_BROUGHT], start=len(hits) + 1)
    ]
    return [*hits, *brought]


def page_key(chunk: Chunk) -> PageKey:
    return chunk.doc_id, chunk.page


def _mates(place: PageKey, hits: Sequence[Hit], fetch: Fetch) -> Iterator[tuple[Chunk, Hit]]:
    """Yield what is linked to the hits of a page and stands on it too, with the best such hit."""
    known = {hit.chunk.id for hit in hits}
    owners = [hit for hit in hits if page_key(hit.chunk) == place]
    found = 0
    own = [hit.chunk for hit in owners]
    for ring in linked(own, fetch, known=known, belongs=lambda chunk: page_key(chunk) == place):
        yield from ((brought(chunk, owners[0]), owners[0]) for chunk in ring)
        found += len(ring)
        if found >= MAX_OF_PAGE:
            return


def linked(
    chunks: Collection[Chunk], fetch: Fetch, *, known: set[str], belongs: Callable[[Chunk], bool]
) -> Iterator[list[Chunk]]:
    """Yield what is linked to chunks and belongs to them, ring by ring, nothing that is `known`."""
    while chunks:
        neighbours = dict.fromkeys(n for chunk in chunks for n in chunk.neighbours)
        ids = [chunk_id for chunk_id in neighbours if chunk_id not in known]
        known.update(ids)
        chunks = [chunk for chunk in fetch(ids) if belongs(chunk)] if ids else []
        yield chunks


def brought(chunk: Chunk, hit: Hit) -> Chunk:
    """Return a chunk under its hit's path: others may not be searched, or not for this person."""
    return replace(chunk, source=hit.chunk.source)


_OPEN: Final = re.compile(r"(?<=[^\W\d_])(?:[,;]|-|\u2010)?\s*\Z")
"""A sentence that ends so goes on in the next column, or on the next page."""


MAX_BETWEEN: Final = 4
"""So many figures and captions may stand between a sentence and its end."""


def with_ends(hits: Sequence[Hit], fetch: Fetch) -> list[Hit]:
    """Return the hits, a last sentence that a column or page cuts off with its end."""
    return [replace(hit, chunk=_with_end(hit.chunk, fetch)) for hit in hits]


def _end(chunk: Chunk, fetch: Fetch) -> Chunk | None:
    """Return what goes on in small letters behind a chunk that ends in none of a sentence."""
    if chunk.role != "text" or not _OPEN.search(chunk.text):
        return None
    following: Chunk | None = chunk
    for _ in range(MAX_BETWEEN + 1):
        if following is None:
            return None
        after = following.ordinal + 1
        following = next((c for c in fetch(following.neighbours) if c.ordinal == after), None)
        if following and following.role == "text" and following.text[:2].islower():
            return following
    return None


def _with_end(chunk: Chunk, fetch: Fetch) -> Chunk:
    following = _end(chunk, fetch)
    if following is None:
        return chunk
    (_, end), *_ = sentence_spans(following.text)
    text = chunk.text.rstrip()
    text = text[:-1] if text.endswith(("-", "\u2010")) else f"{text} "
    moved = tuple(
        structs.replace(p, span=(p.span[0] + len(text), min(p.span[1], end) + len(text)))
        for p in following.provenances
        if p.span is not None and p.span[0] < end
    )
    return replace(
        chunk, text=text + following.text[:end], provenances=(*chunk.provenances, *moved)
    )


def build_context(
    hits: Sequence[Hit], *, budget_tokens: int, count_tokens: Callable[[str], int]
) -> Context:
    """Number the hits that fit, smaller later ones too; others and duplicates are `dropped`."""
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
