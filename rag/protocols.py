"""The seams: small contracts, each with one suite in tests/contract that real and fake pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import BBox

if TYPE_CHECKING:
    from pathlib import Path

    from rag.datamodel import (
        Chunk,
        Document,
        Filters,
        Hit,
        ImageAsset,
        PageView,
        Prompt,
        Query,
        SourceFile,
    )

Matrix = NDArray[np.float32]
"""(n, dim), rows of length 1."""

Pixels = NDArray[np.uint8]
"""(height, width, 3), RGB, upright."""


SOUND_HZ: Final = 16_000
"""Samples of a second."""

Samples = NDArray[np.float32]
"""(n,), one channel at `SOUND_HZ`, -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Some words that are said, and from and to which second of the sound.

    `probability` is the mean of its words', in 0..1, by who heard them; None where none is told.
    """

    text: str
    start_s: float
    end_s: float
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is said in some sound, in order of time. `language` is an ISO 639-1 code or ""."""

    segments: tuple[Segment, ...] = ()
    language: str = ""


class Transcriber(Protocol):
    """Hears what is said."""

    @property
    def model_id(self) -> str: ...
    @property
    def window_s(self) -> float:
        """The most seconds that are heard at a time."""
        ...

    def hear(self, samples: Samples) -> Heard:
        """Return what is said in at most `window_s` of sound. Raises ModelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrLine:
    """One line of lettering. `bbox` is in fractions of the picture, `confidence` in 0..1."""

    text: str
    bbox: BBox
    confidence: float


class Embedder(Protocol):
    """Text to unit vectors. `embed(xs)` equals `embed` of each alone, to rounding."""

    @property
    def model_id(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def max_tokens(self) -> int:
        """The most tokens that are read of a text; what is longer must be divided before."""
        ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text`, special tokens included."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Matrix: ...
    def embed_documents(self, texts: Sequence[str]) -> Matrix: ...


class ImageEmbedder(Protocol):
    """Words and pixels to unit vectors of one space."""

    @property
    def model_id(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def embed_queries(self, texts: Sequence[str]) -> Matrix: ...
    def embed_images(self, images: Sequence[Pixels]) -> Matrix: ...


class Index(Protocol):
    """What is stored, as retrieval sees it. Only chunks of `ready` documents are ever found.

    Each search returns at most `k` hits, best first, ranks from 1, ties broken by chunk id.
    """

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters) -> list[Hit]:
        """Search by one query vector, shape (1, dim); scores are cosines.

        A chunk's may be its own, or the mean of its own and that of its page.
        """
        ...

    def search_lexical(self, text: str, *, k: int, filters: Filters) -> list[Hit]:
        """Search by words (BM25). Any text is safe: it is words, never query syntax.

        Scores are shares, in 0..1, of the most that the words of `text` can score.
        """
        ...

    def search_image(self, phash: str, *, k: int, filters: Filters) -> list[Hit]:
        """Search pictures by perceptual hash; scores are 1 - distance / 64.

        The distance is that of the nearest of the eight postures: turned, mirrored, or as it is.
        """
        ...

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks that exist, in the order asked."""
        ...

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        """Return in how many chunks each word (any form of it) occurs, and the chunks' number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A candidate answer: code points of the passage, and the chance that it is the answer."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one passage says. `relevance`, in 0..1, tells how surely it holds the answer.

    It is calibrated where two passages in three do; among retrieved hits it reads too high.
    `spans` share no words, best first; their scores sum to at most `relevance`.
    """

    relevance: float
    spans: tuple[Span, ...] = ()


class PassageReader(Protocol):
    """Reads a question and each passage together."""

    def read(
        self, question: str, passages: Sequence[str], *, contexts: Sequence[str]
    ) -> list[Reading]:
        """Return a reading of each passage; `contexts` are their lines of name and headings."""
        ...


class Reranker(Protocol):
    """Reorders hits by reading them with the question."""

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Return a permutation of `hits`, channel `reranked`, scores falling within 0..1."""
        ...


class Generator(Protocol):
    """Writes an answer from a prompt, with marks `[n]` for its numbered sources."""

    @property
    def model_id(self) -> str: ...
    def count_tokens(self, text: str) -> int: ...
    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield pieces of the answer. Closing the iterator stops the work."""
        ...


class Assets(Protocol):
    """Where parsers put pictures. Storing the same pixels twice stores them once."""

    def put(self, pixels: Pixels) -> ImageAsset: ...
    def put_encoded(self, data: bytes, *, frame: int = 0, cut_off: bool = False) -> ImageAsset:
        """Store one frame of an encoded picture, re-encoded as PNG or JPEG.

        With `cut_off`, a picture whose end is missing is taken as far as it goes. OSError if it
        can't be decoded.
        """
        ...

    def pixels(self, image: ImageAsset) -> Pixels: ...
    def put_rows(
        self, doc_id: str, text: str, names: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> int:
        """Keep all rows of a table whose element has this text; return how many there are.

        They are taken once, as they come: a document does not hold what a sheet may.
        """
        ...


class Parser(Protocol):
    """One format. Raises `SourceError` for a file that it can't read, and nothing else."""

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        """Read text, structure and pictures; leave lettering `pending`. Never opens the net."""
        ...


class PageRenderer(Protocol):
    """Draws one page of a paged file."""

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels: ...


class PictureRenderer(PageRenderer, Protocol):
    """Draws pages, and decodes parts of encoded pictures. Raises SourceError where it can't."""

    def crop(self, path: Path, bbox: BBox) -> Pixels:
        """Return a part of a picture, at least one pixel wide and high."""
        ...


SHEET_PX: Final = 1654 * 2339
"""Pixels of a sheet of A4, at 200 dpi."""


class PageScanner(PageRenderer, Protocol):
    """Draws pages for reading as well: on `SHEET_PX` pixels, or more where the page is larger."""

    def scan(self, path: Path, page: int) -> Pixels: ...


class PageDrawer(Protocol):
    """Shows pages of stored documents to a model that sees."""

    def can_draw(self, media_type: str) -> bool:
        """Tell whether documents of this type have pages that can be drawn."""
        ...

    def draw(self, view: PageView) -> Pixels:
        """Return the page. Raises OSError where it is gone, or can't be drawn."""
        ...


class Ocr(Protocol):
    """Reads the lettering of a picture."""

    def read(self, image: Pixels, *, sheets: float = 1.0) -> list[OcrLine]:
        """Return the lines in reading order (columns one after another).

        `sheets` is how many sheets of A4 the picture is as large as, at least 1.
        """
        ...
