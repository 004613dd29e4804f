"""Query to hits: words and meaning at once, all fused by score. Knows protocols, no adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Final, Protocol

from rag.datamodel import Filters, Hit, Query
from rag.glossary.lexicon import LANGUAGES
from rag.languages import is_foreign_question
from rag.protocols import Embedder, Index
from rag.retrieval.fusion import Run, best_of, fuse, renumber
from rag.understanding.question.question_words import searched_text, vector_of

CHANNEL_DEPTH: Final = 200
"""How many hits each channel hands to the fusion (nDCG@10 of CISI .438 at 100, .447 at 200)."""

FAR: Final = 0.73
NEARNESS: Final = 7.0
"""The model of languages gives nearly all that has nothing to do with a question a cosine below
`FAR`, and what answers it .78 to .92: brought to the span of the built-in model's."""

SPREAD_PAGES: Final = 6
"""As many pages as are read first (`rag.retrieval.rerank`); see benchmarks/LOG.md."""

SURELY: Final = 0.5
"""A word that stands for one that is asked is searched with it from here on."""

SAME_PICTURE_SCORE: Final = 1 - 10 / 64
"""At most 10 of 64 bits of the perceptual hash differ: the same picture, rescaled or recoded
(Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWeights:
    """What a score of each channel counts in the fusion.

    Measured (see benchmarks/LOG.md): all of 1 to 2 for the words serves, beside 1 for the meaning.
    `across` is the share that is found across languages of the meaning of a question that has a
    gloss, `glossed` what passages that have one get for an English question. That of
    `visual` is not measured: no trained image model was at hand.
    """

    dense: float = 1.0
    across: float = 0.7
    glossed: float = 0.5
    lexical: float = 1.5
    image: float = 1.0
    visual: float = 0.5


class Look(Protocol):
    """Finds pictures by what they look like; scores are shares, in 0..1, of all that is found."""

    def __call__(self, query: Query, /, *, k: int) -> list[Hit]: ...


class Find(Protocol):
    """Searches by meaning in another space; None where that can't answer yet."""

    def __call__(self, query: Query, /, *, k: int) -> list[Hit] | None: ...


LookAgain = Callable[[Query, Sequence[Hit]], Sequence[Hit]]
"""Orders the first of the hits anew; all of them are returned."""


class Retriever:
    """Searches dense, lexical, image and (where there is a `look`) visual channels, fuses them.

    `dense_ready` tells whether the embedder answers without a wait; until then the other
    channels search alone. Where `find` answers, it stands in for embedder and index; where `across`
    does, what it finds in other languages counts beside them. `look_again` has the last word.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        *,
        dense_ready: Callable[[], bool] = lambda: True,
        look: Look | None = None,
        find: Find | None = None,
        across: Find | None = None,
        look_again: LookAgain = lambda _, hits: hits,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._weights = ChannelWeights()
        self._dense_ready = dense_ready
        self._look = look
        self._find = find
        self._across = across
        self._look_again = look_again

    def retrieve(self, query: Query, *, k: int) -> list[Hit]:
        """Return at most `k` hits, best first, channel `fused`."""
        return query.once((self, "found"), lambda: self._found(query))[:k]

    def _found(self, query: Query) -> list[Hit]:
        """Each channel looks by itself; what changes between them is never told beside what was."""
        hits = self._fused(query)
        if len(self._there(hits)) < len(hits):
            hits = self._there(self._fused(query))
        return renumber(self._look_again(query, spread_pages(hits)))

    def _fused(self, query: Query) -> list[Hit]:
        runs = [
            Run(hits=hits, weight=weight, depth=CHANNEL_DEPTH)
            for hits, weight in self._channels(query)
        ]
        return fuse(runs, k=CHANNEL_DEPTH)

    def _there(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return those whose passages are all there at one moment."""
        there = {chunk.id for chunk in self._index.chunks([hit.chunk.id for hit in hits])}
        return [hit for hit in hits if hit.chunk.id in there]

    def _channels(self, query: Query) -> Iterator[tuple[list[Hit], float]]:
        text = searched_text(query)
        if text:
            yield from self._text_channels(query, text)
        if query.image is not None:
            yield self._same_pictures(query), self._weights.image
        if self._look is not None:
            yield self._look(query, k=CHANNEL_DEPTH), self._weights.visual

    def _text_channels(self, query: Query, text: str) -> Iterator[tuple[list[Hit], float]]:
        related = (one for found in query.related.values() for one in found.items())
        wide = f"{text} {' '.join(word for word, sure in related if sure > SURELY)}".strip()
        search = partial(self._by_words, ((wide, 1.0), *query.otherwise), query.filters)
        if not self._dense_ready():
            yield search(), self._weights.lexical
            return
        with ThreadPoolExecutor(max_workers=1) as threads:
            by_words = threads.submit(search)  # SQLite and the vectors keep a core each busy
            yield from self._by_meaning(query)
            yield by_words.result(), self._weights.lexical

    def _by_words(self, texts: Sequence[tuple[str, float]], filters: Filters) -> list[Hit]:
        """Return what any text's words find, at its best score, times the text's share."""
        runs = [
            [
                hit if share == 1 else replace(hit, score=share * hit.score)
                for hit in self._index.search_lexical(text, k=CHANNEL_DEPTH, filters=filters)
            ]
            for text, share in texts
        ]
        return runs[0] if len(runs) == 1 else best_of(runs, k=CHANNEL_DEPTH)

    def _by_meaning(self, query: Query) -> Iterator[tuple[list[Hit], float]]:
        """Yield what is near by the built-in model (English, or glossed) and across languages."""
        found = self._across(query, k=CHANNEL_DEPTH) if self._across else None
        if found is None:
            yield self._dense(query), self._weights.dense
            return
        near = [replace(hit, score=max(0.0, NEARNESS * (hit.score - FAR))) for hit in found]
        if not is_foreign_question(query.spoken):
            yield from self._with_across(self._dense(query), near)
            return
        share = self._weights.across if query.original else 1.0
        if share < 1:
            yield self._dense(query), (1 - share) * self._weights.dense
        yield near, share * self._weights.dense

    def _with_across(
        self, dense: Sequence[Hit], near: Sequence[Hit]
    ) -> Iterator[tuple[list[Hit], float]]:
        """Yield what is near to an English question; what has no gloss by languages alone."""
        least = min((hit.score for hit in dense), default=0.0)
        unread = {
            hit.chunk.id: replace(hit, score=max(least, hit.score))
            for hit in near
            if hit.chunk.language not in (None, "en", *LANGUAGES)
        }
        own = (hit for hit in dense if hit.chunk.id not in unread)
        yield [*own, *unread.values()], self._weights.dense
        glossed = [hit for hit in near if hit.chunk.language in LANGUAGES]
        yield glossed, self._weights.glossed * self._weights.dense

    def _dense(self, query: Query) -> list[Hit]:
        if self._find is not None:
            found = self._find(query, k=CHANNEL_DEPTH)
            if found is not None:
                return found
        vector = vector_of(query, searched_text(query), self._embedder)
        return self._index.search_dense(vector, k=CHANNEL_DEPTH, filters=query.filters)

    def _same_pictures(self, query: Query) -> list[Hit]:
        if query.image is None:
            return []
        run = self._index.search_image(query.image.phash, k=CHANNEL_DEPTH, filters=query.filters)
        return [hit for hit in run if hit.score >= SAME_PICTURE_SCORE]


def spread_pages(hits: Sequence[Hit]) -> list[Hit]:
    """Put the best hit of each of the first `SPREAD_PAGES` pages before the second best of any.

    A person looks at pages: five hits on one page show one place where five could be shown. Behind
    these the others follow as they were found, and the best of each further page in turn with them:
    what else stands on a page that answers tells more than what is best on a far one.
    """
    best: dict[tuple[str, int | None, str], Hit] = {}
    for hit in hits:
        best.setdefault(hit.chunk.place, hit)
    pages = list(best.values())
    first, far = pages[:SPREAD_PAGES], pages[SPREAD_PAGES:]
    spread = {hit.chunk.id for hit in first}
    others = [hit for hit in hits if hit.chunk.id not in spread]
    mixed = {hit.chunk.id: hit for pair in zip_longest(others, far) for hit in pair if hit}
    return [*first, *mixed.values()]
