"""What is read and searched: files, documents, their elements, and the chunks made of them.

A table's text is one row a line, cells separated by `CELL_SEPARATOR`, header row first. A caption
element directly follows the figure or table that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rag.datamodel.file_version import FileVersion
from rag.datamodel.places import BBox, ImageAsset, Provenance, box_around

Role = Literal[
    "title", "heading", "paragraph", "list", "table", "chart", "caption", "figure", "code"
]
"""A `chart` is a table that was read off a drawing."""

TABULAR: Final = frozenset({"table", "chart"})
"""Roles of elements whose text is rows of cells."""

CELL_SEPARATOR: Final = " | "
"""Between the cells of a table row; a `|` inside a cell is written as `¦` by the parsers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing on a page, in reading order: text, maybe an image.

    `level` is a heading's depth from 1. `confidence` is the mean OCR score, or of words that were
    heard their mean probability; None where the text stands written. `pending` marks a figure, or a
    whole scanned page (a figure without an image whose box is the page), whose lettering has not
    been read yet. `kind` is what a chart is
    ("bar chart", "line chart", "pie chart", "scatter plot", "chart" where a picture has several)
    whose values were read, of its figure and its table; else what a figure surely looks
    like (these, or "diagram", "formula", "map", "ornament", "photo", "scan",
    "screenshot", "table"); "" for all else. `remark` says of a figure that is a chart why its
    values could not be read, or are in doubt; "" for all else.
    """

    role: Role
    text: str = ""
    image: ImageAsset | None = None
    provenances: tuple[Provenance, ...] = ()
    level: int | None = None
    confidence: float | None = None
    pending: bool = False
    kind: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        if not self.text and self.image is None and not self.pending:
            raise ValueError("an element needs text, an image, or lettering yet to be read")
        if any(p.span is not None and p.span[1] > len(self.text) for p in self.provenances):
            raise ValueError("a provenance points past the end of the text")

    @property
    def page(self) -> int | None:
        return self.provenances[0].page if self.provenances else None

    @property
    def start_s(self) -> float | None:
        """The second at which it begins; None where the format has no time."""
        return self.provenances[0].start_s if self.provenances else None

    @property
    def bbox(self) -> BBox | None:
        """The box around all its lines; None where the format has no boxes."""
        return box_around(self.provenances)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile(FileVersion):
    """One file found in the corpus folder: what a parser is given.

    `path` is absolute, `source` the path relative to the folder with `/`, `root` the folder:
    pictures that a page refers to are read only inside it. `media_type` is told by content.
    `held` is a path that leads to these very bytes for a while, whatever comes to be at `path`.
    `copies` are the other files of these bytes, that are read with it.
    """

    path: str
    source: str
    root: str
    sha256: str
    media_type: str
    held: str = ""
    copies: tuple[SourceFile, ...] = ()

    @property
    def at(self) -> Path:
        """Where its bytes are read."""
        return Path(self.held or self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """What a document shows, or is read with, beside its own file: by its name from there.

    `sha256` is that of its bytes; "" where it is not there, or may not be read.
    """

    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's content. `id` is the SHA-256 of its bytes; `sources` every path with these bytes.

    `page_count` is 0 where the format has no pages. `language` is an ISO 639-1 code or None.
    `warnings` are sentences for the person ("pages 3-4 could not be read"). `dated` is the day
    (ISO) that the file itself gives as that of its last change, or of its sending; maybe "".
    Where one of its `companions` is another one, it is to be read again.
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
    companions: tuple[Companion, ...] = ()

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
    the paragraph that mentions it. `ordinal` is the place in reading order, from 0. `language` is
    the document's. `kind` is its element's.
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
    language: str | None = None
    kind: str = ""

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
    def heard_probability(self) -> float:
        """The mean probability of words that were heard; 1 of all that stands written or drawn."""
        is_timed = bool(self.provenances) and self.provenances[0].start_s is not None
        is_heard = self.role == "text" and is_timed and self.confidence is not None
        return (self.confidence or 0.0) if is_heard else 1.0

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


def images_of(document: Document, chunks: Iterable[Chunk]) -> set[ImageAsset]:
    """Return the pictures that a document and its chunks show."""
    found = {element.image for element in document.elements} | {chunk.image for chunk in chunks}
    return {image for image in found if image is not None}
