"""Made-up documents for a large workspace; seconds, memory and disk that it takes."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import psutil
from numpy.typing import NDArray

from rag.datamodel import Chunk, Document, Provenance
from rag.protocols import Matrix
from rag.storage.documents.records import DocumentToStore, FileRecord

DIM: Final = 384
CENTRES: Final = 140
CHUNK_WORDS: Final = 120
QUERY_WORDS: Final = 8

_SYLLABLES: Final = [f"{a}{b}" for a in "kltrsmnd" for b in "aeiou"]


@dataclass(frozen=True)
class Vocabulary:
    """Words, and how often each comes, added up."""

    words: Sequence[str]
    often: Sequence[float]

    def text(self, rng: Random, words: int) -> str:
        return " ".join(rng.choices(self.words, cum_weights=self.often, k=words))


def made_up() -> Vocabulary:
    """Return 64,000 words that come as often as the words of a language do (Zipf)."""
    words = ["".join(parts) for parts in product(_SYLLABLES, repeat=3)]
    return Vocabulary(words, list(accumulate(1 / (rank + 2.7) for rank in range(len(words)))))


class Watch:
    """Seconds of the clock and of work since the last lap."""

    def __init__(self) -> None:
        self._at = self._now()

    def lap(self, done: int) -> str:
        clock_s, cpu_s = (now - at for now, at in zip(self._now(), self._at, strict=True))
        self._at = self._now()
        return f"{clock_s:6.1f} s  cpu {cpu_s:5.1f} s  {done / cpu_s:6.1f} per cpu second"

    def _now(self) -> tuple[float, float]:
        ours = psutil.Process()
        own = ours.cpu_times()
        living = [child.cpu_times() for child in ours.children(recursive=True)]
        worked_s = own.children_user + own.children_system
        return time.perf_counter(), worked_s + sum(t.user + t.system for t in (own, *living))


def rows_near(centres: NDArray[np.float64], rng: np.random.Generator, count: int) -> Matrix:
    """Return unit rows, each near one of the centres, shape (count, dim)."""
    near = centres[rng.integers(len(centres), size=count)]
    rows: Matrix = (near + rng.standard_normal(near.shape)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def chunks_of(n: int, source: str, texts: Sequence[str]) -> list[Chunk]:
    """Return the passages of the document of this number, four a page."""
    return [
        Chunk(
            id=f"{n:016x}{at:016x}",
            doc_id=f"{n:064x}",
            source=source,
            ordinal=at,
            text=text,
            context=f"document {n}",
            provenances=(Provenance(page=1 + at // 4),),
        )
        for at, text in enumerate(texts)
    ]


def entry_of(n: int, rows: Matrix, texts: Sequence[str]) -> DocumentToStore:
    """Return the document of this number: its passages and their vectors, four a page."""
    doc_id, source = f"{n:064x}", f"{n}.txt"
    chunks = chunks_of(n, source, texts)
    document = Document(
        id=doc_id, sources=(source,), media_type="text/plain", page_count=-(-len(texts) // 4)
    )
    file = FileRecord(
        source=source, doc_id=doc_id, size_bytes=1, mtime_ns=1, sha256=doc_id, state="ready"
    )
    vectors = {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
    return DocumentToStore(document=document, chunks=chunks, vectors=vectors, files=[file])


def disk(workspace: Path) -> None:
    """Print what ledger and vectors take on the disk."""
    sizes = {
        name: sum(p.stat().st_size for p in workspace.glob(pattern) if p.is_file()) / 1e6
        for name, pattern in {"ledger": "ledger*", "vectors": "vectors/**/*"}.items()
    }
    say("disk     " + ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items()))


def memory() -> str:
    """Return what this process and its children hold."""
    ours = psutil.Process()
    children_mb = sum(child.memory_info().rss for child in ours.children(recursive=True)) / 1e6
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    now_mb = ours.memory_info().rss / 1e6
    return f"{now_mb:.0f} MB (peak {peak_mb:.0f}), children {children_mb:.0f} MB"


def say(line: str) -> None:
    print(line, flush=True)
