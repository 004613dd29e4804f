"""What a search found, and what of it a generator is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from rag.datamodel.documents import Chunk
from rag.datamodel.places import ImageAsset
from rag.datamodel.queries import Query, QueryImage

Channel = Literal["dense", "lexical", "image", "visual", "fused", "reranked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk that a search found. `rank` counts from 1; higher scores are better.

    Scores of `dense` are cosines, of `lexical` shares of what the question asks for, of `image`
    shares of equal bits, of `visual` shares of all that looks alike; those of `reranked` are
    probabilities. `found_by` has each channel that found the chunk with its rank there, best
    first; none for what was brought along. `relevance` is the reader's, None where it was not read.
    """

    chunk: Chunk
    score: float
    rank: int
    channel: Channel
    found_by: tuple[tuple[Channel, int], ...] = ()
    relevance: float | None = None

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ValueError(f"ranks count from 1: {self.rank}")


class PageView(Struct, frozen=True, kw_only=True, array_like=True):
    """A page of a document, to be drawn: a picture that is made when it is looked at."""

    doc_id: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the generator may use, numbered from 1, and what did not fit.

    `pages` are pages that are shown as pictures, numbered on (`Hit.rank`); the chunk of each holds
    all words of the page. `pictures` are the numbers of the sources whose picture is worth most,
    best first; None: of all that have one, in their order.
    """

    hits: tuple[Hit, ...] = ()
    dropped: tuple[Hit, ...] = ()
    token_count: int = 0
    pages: tuple[Hit, ...] = ()
    pictures: tuple[int, ...] | None = None

    def source(self, number: int) -> Hit | None:
        """Return the numbered source; None if there is no such number."""
        known = (*self.hits, *self.pages)
        return next((source for source in known if source.rank == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A request to a generator: the question and its sources, and the same rendered.

    `parts` are texts and images in order, a picture after the text that tells of it. `before`
    stands before the question: what was said earlier. One that is `bare` needs no source; with
    `calls` the model may ask for more.
    """

    query: Query
    context: Context
    before: str = ""
    bare: bool = False
    calls: bool = False
    system: str = ""
    parts: tuple[str | ImageAsset | QueryImage | PageView, ...] = ()
