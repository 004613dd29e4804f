"""Chunks to vectors: what of a chunk is given to the text embedder, and how. Knows no store.

Below headings a chunk's vector is that of its words plus that of its context (file name, title,
headings), embedded once for a section. Bare numbers and punctuation, a third of the tokens of
filings and papers, are left to the lexical channel (benchmarks/LOG.md: better pages in the fusion,
two fifths fewer tokens). A text without headings is read whole with its title, better for notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Chunk
from rag.protocols import Matrix
from rag.text import RECENT_YEAR

CONTEXT_WEIGHT: Final = 1.0
"""How much the context's unit vector counts beside that of the words."""

KEPT_CONTEXTS: Final = 4096
"""Context vectors remembered at a time: 6 MB of 384 dimensions."""

_NOISE: Final = re.compile(r"[^\w\s'’/&%+#-]+|_+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_YEAR: Final = re.compile(RECENT_YEAR)

Row = NDArray[np.float32]
"""(dim,)."""

Embed = Callable[[Sequence[str]], Matrix]
"""`Embedder.embed_documents`."""


class ChunkEmbedder:
    """Embeds chunks, remembering the contexts that it has seen. Used by one thread."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._contexts: dict[str, Row] = {}

    def embed(self, chunks: Sequence[Chunk]) -> Matrix:
        """Return unit rows, one for each chunk: shape (n, dim)."""
        wanted = {chunk.context for chunk in chunks if _apart(chunk)}
        new = sorted(wanted - self._contexts.keys())
        words = [_words(chunk) for chunk in chunks]
        embedded = self._embed([*new, *words])
        if len(self._contexts) > KEPT_CONTEXTS:
            self._contexts = {c: row for c, row in self._contexts.items() if c in wanted}
        self._contexts.update(zip(new, embedded, strict=False))
        rows = embedded[len(new) :]
        for n, chunk in enumerate(chunks):
            if _apart(chunk):
                rows[n] += CONTEXT_WEIGHT * self._contexts[chunk.context]
        unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return unit


def embedded_words(text: str) -> str:
    """Return the words and years of a text, line by line; all of it if it has none."""
    parted = (_NOISE.sub(" ", line).split() for line in text.split("\n"))
    lines = (" ".join(w for w in ws if _LETTER.search(w) or _YEAR.fullmatch(w)) for ws in parted)
    return "\n".join(filter(None, lines)) or text


def _apart(chunk: Chunk) -> bool:
    return bool(chunk.context and chunk.headings)


def _words(chunk: Chunk) -> str:
    return (embedded_words(chunk.text) or chunk.context) if _apart(chunk) else chunk.embedding_text
