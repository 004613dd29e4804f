"""The sources of a larger model: what was found, what stands around it, which pages are shown.

The best hits come first, then all on their pages, then others, in the order of pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Final

from msgspec import structs

from rag.datamodel import Context, Hit, Provenance
from rag.retrieval.context import Fetch, PageKey, brought, build_context, page_key
from rag.retrieval.fusion import renumber

WHOLE_PAGES: Final = 3
"""The pages of so many of the best hits are read whole before further hits are; see
benchmarks/LOG.md."""

Place = tuple[str, int | None, str]


@dataclass(frozen=True, eq=False)
class ContextBuilder:
    """Makes the context of a model that writes. `page_of` returns all chunks of some chunks' pages.

    `drawn` tells for ids of documents which of them have pages that can be shown. The model reads
    so many `tokens` of words, and at most so many `pictures`.
    """

    page_of: Fetch
    drawn: Callable[[Sequence[str]], frozenset[str]]
    _: KW_ONLY
    count_tokens: Callable[[str], int]
    tokens: int
    pictures: int

    def packed(self, hits: Sequence[Hit]) -> Context:
        """Return as many of the first hits as there is room for, numbered in their order."""
        return build_context(hits, budget_tokens=self.tokens, count_tokens=self.count_tokens)

    def built(self, hits: Sequence[Hit], found: Context) -> Context:
        """Return what is read of `hits`, in the order of pages; `found` is what is quoted."""
        packed = self.packed(list(self._wanted(hits, found)))
        context = replace(packed, hits=tuple(renumber(_by_pages(packed.hits))))
        if not self.pictures:
            return replace(context, pictures=())
        drawn = self.drawn(list({hit.chunk.doc_id for hit in hits}))
        return pictures_of(context, hits, self.page_of, drawn=drawn, most=self.pictures)

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
            for chunk in sorted(self.page_of([hit.chunk.id]), key=lambda one: one.ordinal):
                yield replace(hit, chunk=brought(chunk, hit), found_by=(), relevance=None)


def _leaders(hits: Sequence[Hit]) -> list[Hit]:
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


LOOKED_AT: Final = 12
"""The pages of so many of the best hits may be shown."""

SEEN_AHEAD: Final = 4
"""By so many ranks what has to be seen comes before what can be read."""

TELLING: Final = 8
"""A picture or table among so many of the best hits makes evidence of its page one that is seen."""


FEW_WORDS: Final = 40
"""A page of fewer is one to be looked at: a chart, a drawing, a photograph."""


def pictures_of(
    context: Context, hits: Sequence[Hit], page_of: Fetch, *, drawn: Collection[str], most: int
) -> Context:
    """Return the context with the pictures of at most `most` of its figures and drawn pages."""
    numbers = {hit.chunk.id: hit.rank for hit in context.hits}
    shown: list[int] = []
    pages: list[Hit] = []
    for hit, is_page in _wanted(hits, numbers, drawn)[:most]:
        if is_page:
            pages.append(_page(hit, page_of, number=len(context.hits) + len(pages) + 1))
        shown.append(pages[-1].rank if is_page else numbers[hit.chunk.id])
    return replace(context, pages=tuple(pages), pictures=tuple(shown))


def shows_more(source: Hit, context: Context, found: Sequence[Hit]) -> bool:
    """Tell whether a source of a context was shown as a picture with more than its words."""
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


def _wanted(
    hits: Sequence[Hit], numbers: Collection[str], drawn: Collection[str]
) -> list[tuple[Hit, bool]]:
    """Return the hits whose page (else figure) may be shown, each once, the best first."""
    found: dict[object, tuple[int, Hit, bool]] = {}
    whole: dict[PageKey, bool] = {}
    for rank, hit in enumerate(hits[:LOOKED_AT]):
        chunk, key = hit.chunk, page_key(hit.chunk)
        is_seen = chunk.role != "text" or chunk.confidence is not None
        order = rank - SEEN_AHEAD * (rank < TELLING and is_seen)
        own = chunk.image.id if chunk.image and chunk.id in numbers else None
        has_page = chunk.page is not None and chunk.doc_id in drawn
        is_page = whole.setdefault(key, has_page and own is None)
        thing = key if is_page else own
        if thing is not None and (thing not in found or order < found[thing][0]):
            found[thing] = order, hit, is_page
    return [one[1:] for one in sorted(found.values(), key=lambda one: one[0])]


def _page(hit: Hit, page_of: Fetch, *, number: int) -> Hit:
    """Return the whole page of a hit as a source, each line in its place, to be lit."""
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
