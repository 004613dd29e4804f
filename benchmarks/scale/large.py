"""Large folders and large indexes: files that did not change, many small files, many chunks.

python -m benchmarks.scale.large unchanged [FILES]       a second ingest of so many small text files
python -m benchmarks.scale.large many [FILES]            rate and memory from the first to the last
python -m benchmarks.scale.large wordless [FILES]        the same of files that need no vector
python -m benchmarks.scale.large chunks [CHUNKS] [FOLDER] query, delete half, disk before and after

With FOLDER, the words of the chunks are those of its PDFs, each as often as there; else made up.

Seconds are those of the clock; "cpu" are those that this process and its children worked, which
tell of the program where the machine is busy with other things.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import psutil
from numpy.typing import NDArray
from pypdfium2 import PdfDocument

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.progress import IngestProgress
from rag.datamodel import Chunk, Document, Provenance
from rag.protocols import Matrix
from rag.settings import load_settings
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.commit import DocumentToStore
from rag.storage.workspace.store import WorkspaceIndex

DIM: Final = 384
CHUNKS_A_DOCUMENT: Final = 50
DOCUMENTS_A_COMMIT: Final = 20
QUERIES: Final = 50
CENTRES: Final = 140
CHUNK_WORDS: Final = 120
QUERY_WORDS: Final = 8
NOTE_WORDS: Final = 20
"""Made-up words are three tokens each: embedding them is most of what a longer note would take."""

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


def words_of(folder: Path) -> Vocabulary:
    """Return the words of the PDFs in a folder, as often as they come there."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.pdf")):
        for page in PdfDocument(path):
            counts.update(re.findall(r"\w+", page.get_textpage().get_text_range()))
    return Vocabulary(list(counts), list(accumulate(counts.values())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=["unchanged", "many", "wordless", "chunks"])
    parser.add_argument("size", type=int, nargs="?")
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        if options.kind == "chunks":
            words = words_of(options.folder) if options.folder else made_up()
            chunks(Path(made), options.size or 100_000, words)
        elif options.kind == "unchanged":
            unchanged(Path(made), options.size or 1_000)
        else:
            many(Path(made), options.size or 1_000, wordless=options.kind == "wordless")


def unchanged(root: Path, size: int) -> None:
    folder = _small_files(root, size)
    for turn in ("first", "second", "third"):
        start = time.perf_counter()
        _ingest(folder, root / "w", lambda _: None)
        _say(f"{turn:8} {size} files: {time.perf_counter() - start:.2f} s, opening included")


def many(root: Path, size: int, *, wordless: bool) -> None:
    folder = _small_files(root, size, wordless=wordless)
    watch = Watch()
    told = 0

    def show(progress: IngestProgress) -> None:
        nonlocal told
        if progress.stage == "reading" and progress.files_done >= told + size // 10:
            read, told = progress.files_done - told, progress.files_done
            _say(f"{told:6} files  {watch.lap(read)}  {memory()}")

    _ingest(folder, root / "w", show)
    _say(f"the rest  {watch.lap(size - told)}  {memory()}")


def chunks(root: Path, size: int, words: Vocabulary) -> None:
    _say(f"{len(words.words)} different words")
    rng = np.random.default_rng(0)
    with _opened(root / "w") as index:
        watch = Watch()
        for n, entries in enumerate(_entries(size, rng, words), start=1):
            index.put_all(entries)
            if n * DOCUMENTS_A_COMMIT * CHUNKS_A_DOCUMENT % (size // 10) == 0:
                _say(f"stored   {watch.lap(size // 10)}  {memory()}")
        _ask(index, rng, words)
        disk(root / "w")
        sources = sorted(index.files())
        for name, step in {
            "deleted": lambda: index.remove_sources(sources[::2]),
            "compacted": index.compact,
        }.items():
            watch = Watch()
            step()
            _say(f"{name:9} {watch.lap(size // 2)}  {memory()}")
            disk(root / "w")
        _ask(index, rng, words)
        _say(f"check: {index.check() or 'all is well'}")


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


def _small_files(root: Path, size: int, *, wordless: bool = False) -> Path:
    rng, words = Random(0), made_up()  # noqa: S311 - no secret
    for n in range(size):
        path = root / "folder" / f"{n % 100:02}" / f"note {n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f"Note {n}: {words.text(rng, NOTE_WORDS)}."
        path.write_text(_blank(n) if wordless else text, encoding="utf-8")
    return root / "folder"


def _blank(n: int) -> str:
    """Return white space that is another one for each number."""
    return f"{n:b}".replace("0", "\n").replace("1", " ")


def _ingest(folder: Path, workspace: Path, show: object) -> None:
    from pagelight.services.session.assemble import assemble  # noqa: PLC0415 - only here

    assembly = assemble(load_settings({"RAG_OCR": "0"}, workspace=workspace))
    try:
        assembly.make_ingest().run(folder, on_progress=show)  # type: ignore[arg-type]  # above
    finally:
        assembly.close()


def _opened(workspace: Path) -> WorkspaceIndex:
    return WorkspaceIndex.open(
        workspace, model_id="made up", dim=DIM, chunker_version=CHUNKER_VERSION
    )


def _entries(
    size: int, rng: np.random.Generator, words: Vocabulary
) -> Iterator[list[DocumentToStore]]:
    """Yield documents some at a time; vectors lie around some centres, as those of topics do."""
    centres = rng.standard_normal((CENTRES, DIM))
    drawn = Random(0)  # noqa: S311 - no secret
    some: list[DocumentToStore] = []
    for n in range(size // CHUNKS_A_DOCUMENT):
        rows = rows_near(centres, rng, CHUNKS_A_DOCUMENT)
        texts = [words.text(drawn, CHUNK_WORDS) for _ in rows]
        some.append(entry_of(n, rows, texts))
        if len(some) == DOCUMENTS_A_COMMIT:
            yield some
            some = []
    if some:
        yield some


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


def _ask(index: WorkspaceIndex, rng: np.random.Generator, words: Vocabulary) -> None:
    dense, lexical = [], []
    drawn = Random(1)  # noqa: S311 - no secret
    for _ in range(QUERIES):
        vector = rng.standard_normal((1, DIM)).astype(np.float32)
        unit = vector / np.linalg.norm(vector)
        dense.append(_timed(partial(index.search_dense, unit, k=20)))
        lexical.append(_timed(partial(index.search_lexical, words.text(drawn, QUERY_WORDS), k=20)))
    for name, seconds in {"dense": dense, "lexical": lexical}.items():
        for clock, taken in zip(("", " cpu"), np.array(seconds).T * 1000, strict=True):
            p50, p95 = np.percentile(taken[1:], [50, 95])
            _say(f"{name + clock:12} p50 {p50:.0f} ms  p95 {p95:.0f} ms  first {taken[0]:.0f} ms")


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the clock and of work that a call takes."""
    start = time.perf_counter(), time.process_time()
    ask()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def disk(workspace: Path) -> None:
    """Print what ledger and vectors take on the disk."""
    sizes = {
        name: sum(p.stat().st_size for p in workspace.glob(pattern) if p.is_file()) / 1e6
        for name, pattern in {"ledger": "ledger*", "vectors": "vectors/**/*"}.items()
    }
    _say("disk     " + ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items()))


def memory() -> str:
    """Return what this process and its children hold."""
    ours = psutil.Process()
    children_mb = sum(child.memory_info().rss for child in ours.children(recursive=True)) / 1e6
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    now_mb = ours.memory_info().rss / 1e6
    return f"{now_mb:.0f} MB (peak {peak_mb:.0f}), children {children_mb:.0f} MB"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
