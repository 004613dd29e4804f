"""Small real implementations of the seams, for tests: entered by the front door, never patched in.

Knows the protocols; knows no library beyond numpy.
"""

from __future__ import annotations

import hashlib
import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.discovery.media_type import media_type_of
from rag.datamodel import (
    FULL_PAGE,
    NO_FILTERS,
    Channel,
    Chunk,
    Document,
    Element,
    Filters,
    Hit,
    Provenance,
    Query,
)
from rag.errors import SourceError
from rag.protocols import Matrix, Pixels
from rag.storage.search.spaces import turned_hashes

WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return WORD.findall(text.lower())


class FakeEmbedder:
    """Unit rows; the more words two texts share, the higher their cosine.

    Each word is a direction drawn by a seed from its SHA-256: the same in every process.
    """

    def __init__(self, *, dim: int = 64, max_tokens: int = 256) -> None:
        self.dim = dim
        self.max_tokens = max_tokens
        self.model_id = f"fake-words-{dim}"
        self.calls: list[int] = []
        self._directions: dict[str, NDArray[np.float32]] = {}

    def count_tokens(self, text: str) -> int:
        return len(words_of(text)) + 2

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        self.calls.append(len(texts))
        return self._embed(texts)

    def token_states(self, texts: Sequence[str]) -> list[Matrix]:
        return [self._embed(words_of(text)) for text in texts]

    def _embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for i, text in enumerate(texts):
            for word in words_of(text) or [""]:
                rows[i] += self._direction(word)
            rows[i] /= np.linalg.norm(rows[i])
        return rows

    def _direction(self, word: str) -> NDArray[np.float32]:
        if word not in self._directions:
            seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8])
            row = np.random.default_rng(seed).normal(size=self.dim)
            self._directions[word] = (row / np.linalg.norm(row)).astype(np.float32)
        return self._directions[word]


class FakeImageEmbedder:
    """Unit rows: a picture is the colours of 4 x 4 of its points, words are the colours named."""

    COLOURS = ("red", "green", "blue")

    def __init__(self, *, model_id: str = "fake-colours") -> None:
        self.dim = 49
        self.model_id = model_id
        self.seen: list[int] = []
        self.ready = True

    def warm(self) -> None:
        """Nothing is to be loaded."""

    def close(self) -> None:
        """Nothing is held."""

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = words_of(text)
            row[:48] = np.tile([float(colour in words) for colour in self.COLOURS], 16)
            row[48] = 0.1
        return self._unit(rows)

    def embed_images(self, images: Sequence[Pixels]) -> Matrix:
        self.seen.append(len(images))
        rows = np.zeros((len(images), self.dim), dtype=np.float32)
        for row, pixels in zip(rows, images, strict=True):
            row[:48] = self._colours(pixels).reshape(-1)
            row[48] = 0.1
        return self._unit(rows)

    @staticmethod
    def _colours(pixels: Pixels) -> NDArray[np.float32]:
        height, width = pixels.shape[:2]
        down, across = np.arange(4) * height // 4, np.arange(4) * width // 4
        return pixels[down][:, across].astype(np.float32) / 255  # (4, 4, 3)

    @staticmethod
    def _unit(rows: Matrix) -> Matrix:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class MemoryIndex:
    """The `Index` protocol over dictionaries, with the plainest ranking that keeps its contract."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._chunks: dict[str, Chunk] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Mapping[str, NDArray[np.float32]],
    ) -> None:
        for former in list(self._documents.values()):
            if set(former.sources) & set(document.sources):
                self._forget(former.id)
        self._documents[document.id] = document
        self._chunks |= {chunk.id: chunk for chunk in chunks}
        self._vectors |= {key: np.asarray(row, dtype=np.float32) for key, row in vectors.items()}

    def remove_sources(self, sources: Sequence[str]) -> None:
        for document in list(self._documents.values()):
            if set(document.sources) <= set(sources):
                self._forget(document.id)

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        scores = {
            chunk.id: float(self._vectors[chunk.id] @ vector.reshape(-1))
            for chunk in self._admitted(filters)
        }
        return self._hits(scores, k, "dense")

    def search_lexical(self, text: str, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        asked = words_of(text)
        frequencies, total = self.document_frequencies(asked)
        rarity = {word: math.log(1 + total / (frequencies[word] or 0.5)) for word in asked}
        most = math.fsum(rarity.values()) or 1.0
        scores = {}
        for chunk in self._admitted(filters):
            counts = Counter(words_of(chunk.embedding_text))
            found = {word for word in asked if counts[word]}
            if found:
                told = (rarity[word] * counts[word] / (counts[word] + 1) for word in found)
                scores[chunk.id] = math.fsum(told) / most
        return self._hits(scores, k, "lexical")

    def search_image(self, phash: str, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        postures = turned_hashes(phash).tolist()
        scores = {
            chunk.id: 1
            - min((int(chunk.image.phash, 16) ^ one).bit_count() for one in postures) / 64
            for chunk in self._admitted(filters)
            if chunk.image is not None
        }
        return self._hits(scores, k, "image")

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        return [self._chunks[key] for key in ids if key in self._chunks]

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        texts = [set(words_of(chunk.embedding_text)) for chunk in self._chunks.values()]
        counts = {term: sum(set(words_of(term)) <= text for text in texts) for term in terms}
        return counts, len(texts)

    def _forget(self, doc_id: str) -> None:
        del self._documents[doc_id]
        for chunk in [chunk for chunk in self._chunks.values() if chunk.doc_id == doc_id]:
            del self._chunks[chunk.id], self._vectors[chunk.id]

    def _admitted(self, filters: Filters) -> list[Chunk]:
        return [
            chunk
            for chunk in self._chunks.values()
            if any(
                filters.admit(source=source, media_type=self._documents[chunk.doc_id].media_type)
                for source in self._documents[chunk.doc_id].sources
            )
        ]

    def _hits(self, scores: Mapping[str, float], k: int, channel: Channel) -> list[Hit]:
        best = sorted(scores, key=lambda key: (-scores[key], key))[: max(k, 0)]
        return [
            Hit(chunk=self._chunks[key], score=scores[key], rank=rank, channel=channel)
            for rank, key in enumerate(best, start=1)
        ]


class Gauge:
    """A `Progress` that keeps what it is told, and does something at each step."""

    def __init__(self, at_step: Callable[[], object] = lambda: None) -> None:
        self.begun: list[tuple[str, int]] = []
        self.steps: list[int] = []
        self._at_step = at_step

    @property
    def totals(self) -> list[int]:
        return [total for _, total in self.begun]

    def begin(self, what: str, total: int) -> None:
        self.begun.append((what, total))

    def advance(self, count: int = 1) -> None:
        self.steps.append(count)
        self._at_step()


class FoundOrder:
    """The `Reranker` that leaves hits as they were found."""

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        del query
        return [replace(hit, score=1 / hit.rank, channel="reranked") for hit in hits]


class _PlainReader:
    """What readers have in common: types are told here, and archives hold nothing."""

    parsers = readers = 1

    def tell(self, path, *, name):
        return media_type_of(path, name=name)

    def tell_many(self, files):
        del files
        return {}

    def unpack(self, file, budget):
        del file, budget
        return ()


class MadeReader(_PlainReader):
    """Reads by functions that are passed in."""

    def __init__(self, read, letter=None, *, unpack=None, parsers=1, readers=1) -> None:
        self.parse = read
        self.letter = letter or (lambda document, *_, **__: document)
        self.unpack = unpack or super().unpack
        self.parsers, self.readers = parsers, readers


class FakeReader(_PlainReader):
    """Reads files of lines: `SCAN` is a page to be lettered, `BROKEN` can't be read."""

    def __init__(self) -> None:
        self.parsed: list[str] = []
        self.lettered: list[str] = []
        self.lettering_fails = False
        self.stop_after_page: threading.Event | None = None

    def parse(self, file):
        self.parsed.append(file.source)
        lines = Path(file.path).read_text(encoding="utf-8").splitlines()
        if "BROKEN" in lines:
            raise SourceError("The file is broken.")
        if "BUG" in lines:
            raise KeyError("a bug of ours")
        return Document(
            id=file.sha256,
            sources=(file.source,),
            media_type=file.media_type,
            page_count=1,
            elements=tuple(_element(line) for line in lines if line),
        )

    def letter(self, document, file, *, on_page, **how):  # noqa: ARG002 - it reads no pixels
        self.lettered.append(file.source)
        if self.lettering_fails:
            raise SourceError("The page is noise.")
        if self.stop_after_page is not None:
            self.stop_after_page.set()
        on_page(1)
        elements = [
            Element(role="paragraph", text=f"lettering of {file.source}") if e.pending else e
            for e in document.elements
        ]
        return Document(
            id=document.id,
            sources=document.sources,
            media_type=document.media_type,
            page_count=1,
            elements=tuple(elements),
            warnings=document.warnings,
        )


def _element(line):
    if line == "SCAN":
        return Element(
            role="figure", pending=True, provenances=(Provenance(page=1, bbox=FULL_PAGE),)
        )
    return Element(role="paragraph", text=line)
