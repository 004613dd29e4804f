"""Large folders and large indexes: files that did not change, many small files, many chunks.

python benchmarks/large.py unchanged [FILES]   a second ingest of so many small text files
python benchmarks/large.py many [FILES]        rate and memory from the first file to the last
python benchmarks/large.py chunks [CHUNKS]     query, delete half, disk before and after
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from ingest.chunker import CHUNKER_VERSION
from ingest.progress import Progress
from rag.datamodel import Chunk, Document, Provenance
from rag.index.commit import Entry
from rag.index.records import FileRecord
from rag.index.store import WorkspaceIndex
from rag.settings import load_settings

DIM: Final = 384
CHUNKS_A_DOCUMENT: Final = 50
DOCUMENTS_A_COMMIT: Final = 20
QUERIES: Final = 50
WORDS: Final = [
    f"{a}{b}{c}" for a in "kltrsmn" for b in "aeiou" for c in ("ver", "mond", "st", "ck")
]


def main() -> None:
    kind = sys.argv[1]
    size = int(sys.argv[2]) if len(sys.argv) > 2 else {"chunks": 100_000}.get(kind, 1_000)  # noqa: PLR2004
    with tempfile.TemporaryDirectory() as made:
        {"unchanged": unchanged, "many": many, "chunks": chunks}[kind](Path(made), size)


def unchanged(root: Path, size: int) -> None:
    folder = _small_files(root, size)
    for turn in ("first", "second", "third"):
        start = time.perf_counter()
        _ingest(folder, root / "w", lambda _: None)
        _say(f"{turn:8} {size} files: {time.perf_counter() - start:.2f} s, opening included")


def many(root: Path, size: int) -> None:
    folder = _small_files(root, size)
    began, told = time.perf_counter(), [0]

    def show(progress: Progress) -> None:
        if progress.files_done >= told[0] + size // 10:
            told[0] = progress.files_done
            seconds = time.perf_counter() - began
            _say(f"{told[0]:6} files  {seconds:6.1f} s  {told[0] / seconds:5.1f}/s  {_memory()}")

    _ingest(folder, root / "w", show)
    _say(f"all in {time.perf_counter() - began:.1f} s  {_memory()}")


def chunks(root: Path, size: int) -> None:
    rng = np.random.default_rng(0)
    with _opened(root / "w") as index:
        start = time.perf_counter()
        for entries in _entries(size, rng):
            index.put_all(entries)
        _say(f"stored   {size} chunks in {time.perf_counter() - start:.1f} s  {_memory()}")
        _ask(index, rng)
        _disk(root / "w")
        sources = sorted(index.files())
        for name, step in {
            "deleted": lambda: index.remove_sources(sources[::2]),
            "compacted": index.compact,
        }.items():
            start = time.perf_counter()
            step()
            _say(f"{name:9} in {time.perf_counter() - start:.1f} s")
            _disk(root / "w")
        _ask(index, rng)
        _say(f"check: {index.check() or 'all is well'}")


def _small_files(root: Path, size: int) -> Path:
    rng = Random(0)  # noqa: S311 - no secret
    for n in range(size):
        path = root / "folder" / f"{n % 100:02}" / f"note {n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Note {n}: {' '.join(rng.choices(WORDS, k=60))}.", encoding="utf-8")
    return root / "folder"


def _ingest(folder: Path, workspace: Path, show: object) -> None:
    from ui.assemble import assemble  # noqa: PLC0415 - only here

    assembly = assemble(load_settings({"RAG_OCR": "0"}, workspace=workspace))
    try:
        assembly.make_ingest().run(folder, on_progress=show)  # type: ignore[arg-type]  # above
    finally:
        assembly.close()


def _opened(workspace: Path) -> WorkspaceIndex:
    return WorkspaceIndex.open(
        workspace, model_id="made up", dim=DIM, chunker_version=CHUNKER_VERSION
    )


def _entries(size: int, rng: np.random.Generator) -> Iterator[list[Entry]]:
    """Yield documents some at a time; vectors lie around as many centres as there are words."""
    centres = rng.standard_normal((len(WORDS), DIM))
    words = Random(0)  # noqa: S311 - no secret
    some: list[Entry] = []
    for n in range(size // CHUNKS_A_DOCUMENT):
        near = centres[rng.integers(len(WORDS), size=CHUNKS_A_DOCUMENT)]
        rows = (near + rng.standard_normal(near.shape)).astype(np.float32)  # (chunks, dim)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        some.append(_entry(n, rows, words))
        if len(some) == DOCUMENTS_A_COMMIT:
            yield some
            some = []
    if some:
        yield some


def _entry(n: int, rows: np.ndarray[tuple[int, int], np.dtype[np.float32]], words: Random) -> Entry:
    doc_id, source = f"{n:064x}", f"{n}.txt"
    chunks = [
        Chunk(
            id=f"{n:016x}{at:016x}",
            doc_id=doc_id,
            source=source,
            ordinal=at,
            text=" ".join(words.choices(WORDS, k=120)),
            context=f"document {n}",
            provenances=(Provenance(page=1 + at // 4),),
        )
        for at in range(len(rows))
    ]
    document = Document(id=doc_id, sources=(source,), media_type="text/plain", page_count=13)
    file = FileRecord(
        source=source, doc_id=doc_id, size_bytes=1, mtime_ns=1, sha256=doc_id, state="ready"
    )
    vectors = {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
    return Entry(document=document, chunks=chunks, vectors=vectors, files=[file])


def _ask(index: WorkspaceIndex, rng: np.random.Generator) -> None:
    dense, lexical = [], []
    words = Random(1)  # noqa: S311 - no secret
    for _ in range(QUERIES):
        vector = rng.standard_normal((1, DIM)).astype(np.float32)
        start = time.perf_counter()
        index.search_dense(vector / np.linalg.norm(vector), k=20)
        middle = time.perf_counter()
        index.search_lexical(" ".join(words.choices(WORDS, k=6)), k=20)
        dense.append(middle - start)
        lexical.append(time.perf_counter() - middle)
    for name, seconds in {"dense": dense, "lexical": lexical}.items():
        p50, p95 = np.percentile(seconds[1:], [50, 95]) * 1000
        _say(f"{name:8} p50 {p50:.0f} ms  p95 {p95:.0f} ms  first {seconds[0] * 1000:.0f} ms")


def _disk(workspace: Path) -> None:
    sizes = {
        name: sum(p.stat().st_size for p in workspace.glob(pattern) if p.is_file()) / 1e6
        for name, pattern in {"ledger": "ledger*", "vectors": "vectors/**/*"}.items()
    }
    _say("disk     " + ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items()))


def _memory() -> str:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    now_mb = pages * resource.getpagesize() / 1e6
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return f"{now_mb:.0f} MB (peak {peak_mb:.0f})"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
