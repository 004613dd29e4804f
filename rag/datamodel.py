"""The values that flow through Pagelight: pure, frozen, checked when made.

Identity belongs to content: a document is the SHA-256 of its bytes, a picture of its own, a chunk
of its document and text. Where a thing was found (`Hit`), what it is cited as (`Citation`) and
what state its file is in are kept apart from what it is.

A `Provenance.span` is a half-open range of code points *of the text of the value that carries
it*: on an `Element`, of `Element.text`; on a `Chunk`, of `Chunk.text`. So a value carries one
provenance for each line (or table cell) of its text, and a citation of some words finds the
boxes of just those words.

What comes by the thousand (boxes, places, pictures) is a msgspec `Struct`, stored as a list of its
fields in order: a new field goes to their end, with a default.

A table's text is one row a line, cells separated by `CELL_SEPARATOR`, header row first. A caption
element directly follows the figure or table that it belongs to.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from msgspec import Struct

Thing = TypeVar("Thing")

Role = Literal[
    "title", "heading", "paragraph", "list", "table", "chart", "caption", "figure", "code"
]
"""A `chart` is a table that was read off a drawing."""

TABULAR: Final = frozenset({"table", "chart"})
"""Roles of elements whose text is rows of cells."""

State = Literal["stated", "closest", "nothing"]
Channel = Literal["dense", "lexical", "image", "visual", "fused", "reranked"]

CELL_SEPARATOR: Final = " | "
"""Between the cells of a table row; a `|` inside a cell is written as `¦` by the parsers."""


class BBox(Struct, frozen=True, kw_only=True, array_like=True):
    """Fractions of the page: origin top left, y down, 0 <= x0 < x1 <= 1, 0 <= y0 < y1 <= 1."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0 <= self.x0 < self.x1 <= 1 and 0 <= self.y0 < self.y1 <= 1):
            raise ValueError(f"not a box within the page: {self}")

    @classmethod
    def clamped(cls, x0: float, y0: float, x1: float, y1: float) -> BBox | None:
        """Return the part of the rectangle that lies on the page; None if there is none."""
        left, right = max(0.0, min(x0, x1)), min(1.0, max(x0, x1))
        top, bottom = max(0.0, min(y0, y1)), min(1.0, max(y0, y1))
        if left >= right or top >= bottom:
            return None
        return cls(x0=left, y0=top, x1=right, y1=bottom)

    @classmethod
    def around(cls, boxes: Iterable[BBox]) -> BBox | None:
        """Return the smallest box that holds all; None where there is none."""
        held = tuple(boxes)
        if not held:
            return None
        return cls(
            x0=min(box.x0 for box in held),
            y0=min(box.y0 for box in held),
            x1=max(box.x1 for box in held),
            y1=max(box.y1 for box in held),
        )

    @property
    def area(self) -> float:
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def union(self, other: BBox) -> BBox:
        """Return the smallest box that holds both."""
        return BBox(
            x0=min(self.x0, other.x0),
            y0=min(self.y0, other.y0),
            x1=max(self.x1, other.x1),
            y1=max(self.y1, other.y1),
        )

    def intersection_area(self, other: BBox) -> float:
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)

    def within(self, outer: BBox) -> BBox:
        """Map a box given in fractions of `outer` to fractions of the page of `outer`."""
        width, height = outer.x1 - outer.x0, outer.y1 - outer.y0
        return BBox(
            x0=outer.x0 + self.x0 * width,
            y0=outer.y0 + self.y0 * height,
            x1=min(1.0, outer.x0 + self.x1 * width),
            y1=min(1.0, outer.y0 + self.y1 * height),
        )


FULL_PAGE: Final = BBox(x0=0.0, y0=0.0, x1=1.0, y1=1.0)


class Provenance(Struct, frozen=True, kw_only=True, array_like=True):
    """Where something stands. None means that the format has no such thing.

    `page` counts the pages of the file from 1 (a slide, the only page of a picture). `span` is
    described in the module's docstring. `start_s` and `end_s` are seconds, for media.
    """

    page: int | None = None
    bbox: BBox | None = None
    span: tuple[int, int] | None = None
    start_s: float | None = None
    end_s: float | None = None

    def __post_init__(self) -> None:
        if self.page is not None and self.page < 1:
            raise ValueError(f"pages count from 1: {self.page}")
        if self.span is not None and not 0 <= self.span[0] <= self.span[1]:
            raise ValueError(f"not a half-open range: {self.span}")


def _box_around(provenances: Iterable[Provenance]) -> BBox | None:
    return BBox.around(p.bbox for p in provenances if p.bbox is not None)


class ImageAsset(Struct, frozen=True, kw_only=True, array_like=True):
    """A picture, stored once under the SHA-256 of its encoded bytes.

    `path` is relative to the workspace's `assets/`. `phash` is the 64-bit perceptual hash as
    16 hex digits: similar pictures differ in few bits.
    """

    id: str
    path: str
    media_type: str
    width_px: int
    height_px: int
    phash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing on a page, in reading order: text, maybe an image.

    `level` is a heading's depth from 1. `confidence` is the mean OCR score, None where the text
    was not read by OCR. `pending` marks a figure, or a whole scanned page (a figure without an
    image whose box is the page), whose lettering has not been read yet.
    """

    role: Role
    text: str = ""
    image: ImageAsset | None = None
    provenances: tuple[Provenance, ...] = ()
    level: int | None = None
    confidence: float | None = None
    pending: bool = False

    def __post_init__(self) -> None:
        if not self.text and self.image is None and not self.pending:
            raise ValueError("an element needs text, an image, or lettering yet to be read")
        if any(p.span is not None and p.span[1] > len(self.text) for p in self.provenances):
            raise ValueError("a provenance points past the end of the text")

    @property
    def page(self) -> int | None:
        return self.provenances[0].page if self.provenances else None

    @property
    def bbox(self) -> BBox | None:
        """The box around all its lines; None where the format has no boxes."""
        return _box_around(self.provenances)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file found in the corpus folder: what a parser is given.

    `path` is absolute, `source` the path relative to the folder with `/`, `root` the folder:
    pictures that a page refers to are read only inside it. `media_type` is told by content.
    """

    path: str
    source: str
    root: str
    sha256: str
    media_type: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's content. `id` is the SHA-256 of its bytes; `sources` every path with these bytes.

    `page_count` is 0 where the format has no pages. `language` is an ISO 639-1 code or None.
    `warnings` are sentences for the person ("pages 3-4 could not be read"). `dated` is the day
    (ISO) that the file itself gives as that of its last change, or of its sending; maybe "".
    """

    id: str
    sources: tuple[str, ...]
    media_type: str
    title: str = ""
    language: str | None = None
    page_count: int = 0
    elements: tuple[Element, ...] = ()
    warnings: tuple[str, ...] = ()
    dated: str = ""

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("a document has at least one source")

    @property
    def pending(self) -> bool:
        """Whether lettering of figures or scanned pages has yet to be read."""
        return any(element.pending for element in self.elements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The unit of retrieval: some text, maybe with the picture that it is the words of.

    `context` (file name, title, headings) stands before the text in what is embedded and
    indexed, never in what is quoted. `neighbours` are ids of chunks to bring along: a figure and
    the paragraph that mentions it. `ordinal` is the place in reading order, from 0.
    """

    id: str
    doc_id: str
    source: str
    ordinal: int
    role: Literal["text", "table", "figure"] = "text"
    text: str = ""
    context: str = ""
    headings: tuple[str, ...] = ()
    image: ImageAsset | None = None
    provenances: tuple[Provenance, ...] = ()
    neighbours: tuple[str, ...] = ()
    confidence: float | None = None

    def __post_init__(self) -> None:
        if not self.text and self.image is None:
            raise ValueError("a chunk needs text or an image")

    @property
    def embedding_text(self) -> str:
        """What is embedded and indexed: the context, then the text."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def page(self) -> int | None:
        """The page on which the chunk begins."""
        return self.provenances[0].page if self.provenances else None

    @property
    def place(self) -> tuple[str, int | None, str]:
        """The page that the chunk stands on; formats without pages have sections instead."""
        section = "" if self.page is not None else "/".join(self.headings)
        return self.doc_id, self.page, section

    def locate(self, start: int, end: int) -> tuple[Provenance, ...]:
        """Return the provenances of the text from `start` to `end`; all of them if none fits."""
        found = tuple(
            p
            for p in self.provenances
            if p.span is not None and p.span[0] < end and start < p.span[1]
        )
        return found or self.provenances


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which documents to search. Empty means all. `source_glob` is matched with `/` as a letter.

    `within` are sources, and folders that end in `/`: one of them must be or hold the document.
    A document's day lies within `since` and `until` (ISO, inclusive). `collections` are top-level
    folders that the person may see (`ROOT_COLLECTION`: the files beside them; None: all); the
    ledger resolves them.
    """

    source_glob: str = ""
    media_types: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    collections: tuple[str, ...] | None = None
    since: str = ""
    until: str = ""

    def admit(self, *, source: str, media_type: str, day: str = "") -> bool:
        """Tell whether all but `collections` admits a document; one without a day has no date."""
        if self.media_types and media_type not in self.media_types:
            return False
        if (self.since or self.until) and not self.since <= (day or "~") <= (self.until or "9"):
            return False
        if self.within and not any(_holds(place, source) for place in self.within):
            return False
        return not self.source_glob or fnmatch.fnmatchcase(source, self.source_glob)


def _holds(place: str, source: str) -> bool:
    return source == place or (place.endswith("/") and source.startswith(place))


NO_FILTERS: Final = Filters()
ROOT_COLLECTION: Final = "."


class QueryImage(Struct, frozen=True, kw_only=True, array_like=True):
    """A picture in the question: its perceptual hash, and its lettering as words (may be "")."""

    path: str
    phash: str
    lettering: str = ""


class Attachment(Struct, frozen=True, kw_only=True, array_like=True):
    """A file that came with a question, read as those of the folder are: a source of its own.

    `doc_id` finds it among what was attached; `name` is what it is cited as. `image` is set for a
    picture: what the folder is searched by. `note` is a sentence for the person about what of it
    is not read, or not yet.
    """

    doc_id: str
    name: str
    media_type: str
    image: QueryImage | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched. At least text, an image, an attachment or a region.

    `image` is a picture that the folder is searched by; `attachments` are asked about first.
    `region` is the part of a page that is asked about: its words, and how it looks. `related`
    tells for the stem of a word what documents have for it, with how surely, in 0..1.
    """

    text: str = ""
    image: QueryImage | None = None
    attachments: tuple[Attachment, ...] = ()
    filters: Filters = NO_FILTERS
    region: Chunk | None = None
    related: Mapping[str, Mapping[str, float]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not (self.text.strip() or self.image or self.attachments or self.region):
            raise ValueError("a query needs words, a picture or a file")

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what `make` makes; a question that is understood keeps it, and makes it once."""
        del key
        return make()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation. `cited` are the places that its answer cited."""

    question: str
    answer: str
    cited: tuple[str, ...] = ()


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
        if 1 <= number <= len(self.hits):
            return self.hits[number - 1]
        return next((page for page in self.pages if page.rank == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A request to a generator: the question and its sources, and the same rendered.

    `parts` are texts and images in order, a picture after the text that tells of it; a generator
    that reads no prose (the extractive one) works from `query` and `context`. `confidence` is the
    chance that the likeliest short answer is right. `before` stands before the question: what was
    said earlier. One that is `bare` needs no source; with `calls` the model may ask for more.
    """

    query: Query
    context: Context
    confidence: float = 0.0
    before: str = ""
    bare: bool = False
    calls: bool = False
    system: str = ""
    parts: tuple[str | ImageAsset | QueryImage | PageView, ...] = ()


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
        return _box_around(self.provenances)


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


class Alternative(Struct, frozen=True, kw_only=True, array_like=True):
    """What a table gives for the question if it is read another way; never told as the answer.

    `plan` says in words what is worked out, `result` what comes out; `cells` are the positions in
    `Answer.cells` of what it is worked out of.
    """

    plan: str
    result: str
    cells: tuple[int, ...]


class ChartPoint(Struct, frozen=True, kw_only=True, array_like=True):
    """A number of a series: `text` as its cell has it, `cell` a position in `Answer.cells`.

    `at` is the position of its label in `AnswerChart.labels`.
    """

    at: int
    text: str
    value: float
    cell: int


class ChartSeries(Struct, frozen=True, kw_only=True, array_like=True):
    name: str
    points: tuple[ChartPoint, ...]


class AnswerChart(Struct, frozen=True, kw_only=True, array_like=True):
    """Columns of a table to be drawn: a line over time, bars over categories.

    The points of a series stand in the order of `labels`, though not at each. `label_name` is what
    the labels are, `value_name` what the numbers are; "" where that is not known.
    """

    kind: Literal["line", "bars"]
    title: str
    label_name: str
    value_name: str
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a model read and wrote for an answer, in tokens, and how long that took.

    `first_s`: from the prompt to the first words; `seconds`: to the last. Several prompts of one
    answer are summed, but for `first_s`.
    """

    read_tokens: int
    tokens: int
    first_s: float
    seconds: float

    @property
    def tokens_per_s(self) -> float:
        """How fast it wrote once it had begun; 0 for what came at once."""
        writing_s = self.seconds - self.first_s
        return self.tokens / writing_s if writing_s > 0 else 0.0


class SearchStep(Struct, frozen=True, kw_only=True, array_like=True):
    """What a model asked for while it answered, and what that brought, as words for a person.

    `refused` tells that it was not done, and `found` then why.
    """

    action: str
    words: str
    found: str
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, growing while it streams; the last one of a stream has `complete` set.

    `answered` is False where the documents do not state the answer; `nearest` then holds the
    closest places, and `closest` tells that `text` quotes what comes nearest. `confidence` is
    calibrated, in 0..1. `unresolved` are marks whose number
    stands for no source. `unsupported` are the half-open ranges of the sentences of `text` that
    their sources do not bear out. `alternatives` and `chart` are of tables, and point to `cells`:
    citations that stand by no mark. `notes` are sentences for the person ("found by words alone").
    `steps` are further searches that the model that writes asked for, in their order.
    `timings_s` maps a stage to its seconds; `written` is None where no model wrote.
    """

    query: Query
    text: str = ""
    answered: bool = True
    closest: bool = False
    confidence: float = 0.0
    standalone_query: str = ""
    citations: tuple[Citation, ...] = ()
    figures: tuple[Figure, ...] = ()
    unresolved: tuple[int, ...] = ()
    unsupported: tuple[tuple[int, int], ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    chart: AnswerChart | None = None
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
        """How far the documents answer: `stated`, `closest` to it, or `nothing` about it."""
        if self.answered:
            return "stated"
        return "closest" if self.closest else "nothing"
