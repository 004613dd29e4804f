"""What is answered: text, the citations of its marks, and the figures beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rag.datamodel.documents import Chunk
from rag.datamodel.hits import Context, Hit
from rag.datamodel.places import BBox, ImageAsset, Provenance, box_around
from rag.datamodel.queries import Query, Turn
from rag.datamodel.table_queries import TableQuery
from rag.datamodel.writing import SearchStep, Written

State = Literal["answered", "partial", "not_found"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A mark `[number]` in an answer, and the place it stands for.

    `span` is the mark's own range in `Answer.text`; `quote` the words of `chunk` that support
    the claim; `provenances` the lines that hold the quote, all on one page.
    """

    number: int
    chunk: Chunk
    span: tuple[int, int]
    provenances: tuple[Provenance, ...] = ()
    quote: str = ""

    @property
    def page(self) -> int | None:
        return self.provenances[0].page if self.provenances else self.chunk.page

    @property
    def bbox(self) -> BBox | None:
        """The box around all cited lines; None where the format has no boxes."""
        return box_around(self.provenances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture or table that an answer shows beside its words.

    `citation` is the position in `Answer.citations` of the mark that it stands by. `image` is the
    stored picture; without one the part of the page in `bbox` is shown. `caption` is one line,
    its own or its heading; `alt` says it in words for who can't see it. `media_type` is the
    document's.
    """

    citation: int
    caption: str
    alt: str
    media_type: str = ""
    page: int | None = None
    bbox: BBox | None = None
    image: ImageAsset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, growing while it streams; the last one of a stream has `complete` set.

    `answered` is False where the documents do not state the answer; `nearest` then holds the
    closest places, and `closest` tells that `text` quotes what comes nearest. `confidence` is
    calibrated, in 0..1. `unresolved` are marks whose number
    stands for no source. `unsupported` are the half-open ranges of the sentences of `text` that
    their sources do not bear out. `table_queries` tell what was worked out, and point to `cells`:
    citations that stand by no mark. `notes` are sentences for the person ("found by words alone").
    `steps` are further searches that the model that writes asked for, in their order.
    `quoted_from` is where in `text` the quotations begin below what the model of the set-up wrote;
    None where nothing is told apart.
    `timings_s` maps a stage to its seconds; `written` is None where no model wrote.
    """

    query: Query
    text: str = ""
    quoted_from: int | None = None
    answered: bool = True
    closest: bool = False
    confidence: float = 0.0
    standalone_query: str = ""
    citations: tuple[Citation, ...] = ()
    figures: tuple[Figure, ...] = ()
    unresolved: tuple[int, ...] = ()
    unsupported: tuple[tuple[int, int], ...] = ()
    table_queries: tuple[TableQuery, ...] = ()
    cells: tuple[Citation, ...] = ()
    context: Context = field(default_factory=Context)
    nearest: tuple[Hit, ...] = ()
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[SearchStep, ...] = ()
    timings_s: tuple[tuple[str, float], ...] = ()
    written: Written | None = None
    complete: bool = False

    def __post_init__(self) -> None:
        if self.answered and self.closest:
            raise ValueError("an answer is stated, or the closest that is")

    @property
    def state(self) -> State:
        """How far the documents answer: wholly, by what comes `closest`, or not at all."""
        if self.answered:
            return "answered"
        return "partial" if self.closest else "not_found"

    def turn(self, question: str) -> Turn:
        """Return the exchange, as later questions of the conversation may refer to it.

        An answer that was not stated says nothing there; what came closest was cited, too. Where
        nothing was typed, `question` is what was asked aloud.
        """
        places = (
            f"{one.chunk.source}, page {one.page}" if one.page else one.chunk.source
            for one in self.citations
        )
        answer = self.text if self.answered else ""
        asked = question or self.standalone_query
        return Turn(question=asked, answer=answer, cited=tuple(dict.fromkeys(places)))
