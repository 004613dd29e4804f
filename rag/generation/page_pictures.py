"""Which pictures a model is shown: figures that were found, and whole pages, what is seen first.

A page whose evidence is seen (a chart, a diagram, a scan, a table) comes before one whose words
suffice. Nothing is shown twice: where the best hit of a page is a figure, its figures are shown,
else the page with all that is on it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from rag.answer.base.context import Fetch, PageKey, brought, page_key
from rag.datamodel import Chunk, Context, Hit, Provenance

LOOKED_AT: Final = 12
"""The pages of so many of the best hits may be shown."""

SEEN_AHEAD: Final = 4
"""By so many ranks what has to be seen comes before what can be read."""

TELLING: Final = 8
"""A picture or table among so many of the best hits makes evidence of its page one that is seen."""


FEW_WORDS: Final = 40
"""A page of fewer is one to be looked at: a chart, a drawing, a photograph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A picture that may be shown: that of a hit's figure, or of its page; the less the better."""

    hit: Hit
    is_page: bool
    order: int


def pictures_of(
    context: Context, hits: Sequence[Hit], page_of: Fetch, *, drawn: Collection[str], most: int
) -> Context:
    """Return the context with the pictures of at most `most` of its figures and pages.

    `drawn` are the documents whose pages can be shown.
    """
    numbers = {hit.chunk.id: hit.rank for hit in context.hits}
    shown: list[int] = []
    pages: list[Hit] = []
    for one in _wanted(hits, numbers, drawn):
        if len(shown) == most:
            break
        if one.is_page:
            page = _page(one.hit, page_of, number=len(context.hits) + len(pages) + 1)
            pages.append(page)
            shown.append(page.rank)
        else:
            shown.append(numbers[one.hit.chunk.id])
    return replace(context, pages=tuple(pages), pictures=tuple(shown))


def shows_more(source: Hit, context: Context, found: Sequence[Hit]) -> bool:
    """Tell whether a source of a context was shown as a picture, and shows more than its words.

    That is a figure, a scan (its lettering may be misread), a page with a figure of those `found`,
    or with next to no words. Whatever else a page says stands in its words.
    """
    chunk = source.chunk
    if chunk.image is not None:
        return context.pictures is None or source.rank in context.pictures
    if source not in context.pages:
        return False
    return (
        chunk.confidence is not None
        or len(chunk.text.split()) < FEW_WORDS
        or any(
            one.chunk.image is not None and one.chunk.place == chunk.place
            for one in (*context.hits, *found)
        )
    )


def _wanted(hits: Sequence[Hit], numbers: Collection[str], drawn: Collection[str]) -> list[Wanted]:
    """Return what may be shown, each page and each figure once, best first."""
    found: dict[object, Wanted] = {}
    whole: dict[PageKey, bool] = {}
    for rank, hit in enumerate(hits[:LOOKED_AT]):
        chunk, key = hit.chunk, page_key(hit.chunk)
        order = rank - SEEN_AHEAD * (rank < TELLING and _is_seen(chunk))
        own = chunk.image is not None and chunk.id in numbers
        is_page = whole.setdefault(
            key, chunk.page is not None and chunk.doc_id in drawn and not own
        )
        if is_page:
            _keep(found, key, Wanted(hit=hit, is_page=True, order=order))
        elif own and chunk.image is not None:
            _keep(found, chunk.image.id, Wanted(hit=hit, is_page=False, order=order))
    return sorted(found.values(), key=lambda one: one.order)


def _keep(found: dict[object, Wanted], key: object, one: Wanted) -> None:
    found[key] = min(found.get(key, one), one, key=lambda each: each.order)


def _is_seen(chunk: Chunk) -> bool:
    """Tell whether a chunk is evidence that is seen: a picture, a table, read off a picture."""
    return chunk.role != "text" or chunk.confidence is not None


def _page(hit: Hit, page_of: Fetch, *, number: int) -> Hit:
    """Return the whole page of a hit as a source: all its words, each line in its place.

    A mark that names it then lights the lines that bear the sentence out.
    """
    chunks = sorted(page_of([hit.chunk.id]), key=lambda one: one.ordinal) or [hit.chunk]
    texts, provenances, length = [], [], 0
    for chunk in chunks:
        texts.append(chunk.text)
        provenances += [_moved(p, length) for p in chunk.provenances if p.page == hit.chunk.page]
        length += len(chunk.text) + 1
    read = [chunk.confidence for chunk in chunks if chunk.confidence is not None]
    whole = replace(
        brought(chunks[0], hit),
        id=f"{chunks[0].id}-page",
        role="figure",
        text="\n".join(texts),
        image=None,
        provenances=tuple(provenances),
        neighbours=(),
        confidence=min(read, default=None),
    )
    return replace(hit, chunk=whole, rank=number, found_by=(), relevance=None)


def _moved(provenance: Provenance, by: int) -> Provenance:
    if provenance.span is None:
        return provenance
    start, end = provenance.span
    return structs.replace(provenance, span=(start + by, end + by))
