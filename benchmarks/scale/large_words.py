"""Search by words over many made passages, in a ledger without vectors: time, and how exact.

python -m benchmarks.scale.large_words FOLDER [PASSAGES] [PASSAGES A DOCUMENT]

The ledger in FOLDER is made first where there is none; half a minute of processor for each 50,000.
Milliseconds are p50 and p95, of the clock and of the processor.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import numpy as np

from benchmarks.scale.large import (
    CHUNK_WORDS,
    CHUNKS_A_DOCUMENT,
    QUERY_WORDS,
    Vocabulary,
    chunks_of,
    made_up,
)
from rag.datamodel import Document, Filters
from rag.storage.database import catalog
from rag.storage.database.ledger import Ledger
from rag.storage.documents.records import FileRecord
from rag.storage.search import lexical
from rag.storage.search.admitted import Admissions
from rag.storage.search.frequencies import Stemmer, WordCounts

QUESTIONS: Final = 30
FOLDERS: Final = 20
HITS: Final = 200
AT_ONCE: Final = 10_000
FILTERS: Final = {
    "one document": Filters(within=("folder 03/3.txt",)),
    "a twentieth": Filters(collections=("folder 03",)),
    "half": Filters(collections=tuple(f"folder {n:02}" for n in range(FOLDERS // 2))),
}

_Value = TypeVar("_Value")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("passages", type=int, nargs="?", default=100_000)
    parser.add_argument("a_document", type=int, nargs="?", default=CHUNKS_A_DOCUMENT)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    ledger = _told("opened", partial(Ledger, options.folder / "ledger.sqlite"))
    words = made_up()
    with ledger.read() as db:
        made = catalog.chunk_total(db) > 0
    if not made:
        _told("made", lambda: _make(ledger, words, options.passages, options.a_document))
    _search(ledger, words)
    _change(ledger, words, options.a_document)
    ledger.close()


def _make(ledger: Ledger, words: Vocabulary, passages: int, a_document: int) -> None:
    drawn = Random(0)  # noqa: S311 - no secret
    documents, some = passages // a_document, max(1, AT_ONCE // a_document)
    for first in range(0, documents, some):
        with ledger.write() as db:
            for n in range(first, min(first + some, documents)):
                _put(db, n, [words.text(drawn, CHUNK_WORDS) for _ in range(a_document)])


def _put(db: sqlite3.Connection, n: int, texts: Sequence[str]) -> str:
    """Store a document of these passages, four a page; return its source."""
    doc_id, source = f"{n:064x}", f"folder {n % FOLDERS:02}/{n}.txt"
    document = Document(id=doc_id, sources=(source,), media_type="text/plain", page_count=13)
    chunks = chunks_of(n, source, texts)
    catalog.put_document(db, document, chunks, chunker_version="1")
    catalog.put_file(
        db,
        FileRecord(
            source=source, doc_id=doc_id, size_bytes=1, mtime_ns=1, sha256=doc_id, state="ready"
        ),
    )
    return source


def _search(ledger: Ledger, words: Vocabulary) -> None:
    drawn = Random(1)  # noqa: S311 - no secret
    questions = [words.text(drawn, QUERY_WORDS) for _ in range(QUESTIONS)]
    stemmer, admissions = Stemmer(), Admissions()
    counts = WordCounts(stemmer)
    with ledger.read() as db:
        ask = partial(lexical.search_words, db, counts, k=HITS)
        _say(f"{catalog.chunk_total(db)} passages")
        _many("all scored", [partial(ask, q, admitted=None, least=10**9) for q in questions])
        counts = WordCounts(stemmer)
        ask = partial(lexical.search_words, db, counts, k=HITS)
        _many("asked first", [partial(ask, q, admitted=None) for q in questions])
        _many("asked again", [partial(ask, q, admitted=None) for q in questions])
        for name, filters in FILTERS.items():
            admitted = _told(f"{name}: admitted", partial(admissions.of, db, filters))
            _many(name, [partial(ask, q, admitted=admitted) for q in questions])
        same = [
            _same(ask(q, admitted=None, least=10**9)[:10], ask(q, admitted=None)[:10])
            for q in questions
        ]
        _say(f"the ten best are the same: {np.mean(same):.4f}")
    stemmer.close()


def _same(all_scored: list[tuple[str, float]], found: list[tuple[str, float]]) -> float:
    wanted = {key for key, _ in all_scored}
    return len(wanted & {key for key, _ in found}) / len(wanted) if wanted else 1.0


def _change(ledger: Ledger, words: Vocabulary, a_document: int) -> None:
    """One document put and deleted."""
    drawn = Random(2)  # noqa: S311 - no secret
    texts = [words.text(drawn, CHUNK_WORDS) for _ in range(a_document)]
    with ledger.write() as db:
        source = _told("one document put", lambda: _put(db, 10**9, texts))
    with ledger.write() as db:
        _told("one document deleted", lambda: _delete(db, source))


def _delete(db: sqlite3.Connection, source: str) -> None:
    catalog.delete_file(db, source)
    catalog.delete_unreferenced(db, [f"{10**9:064x}"])


def _many(name: str, asks: Sequence[Callable[[], object]]) -> None:
    taken = []
    for ask in asks:
        start = time.perf_counter(), time.process_time()
        ask()
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    (clock, cpu), (late_clock, late_cpu) = np.percentile(np.array(taken) * 1000, [50, 95], axis=0)
    _say(f"{name:24} clock {clock:.0f} / {late_clock:.0f} ms, cpu {cpu:.0f} / {late_cpu:.0f} ms")


def _told(name: str, work: Callable[[], _Value]) -> _Value:
    start = time.perf_counter(), time.process_time()
    value = work()
    clock_s, cpu_s = time.perf_counter() - start[0], time.process_time() - start[1]
    _say(f"{name:24} clock {clock_s:.2f} s, cpu {cpu_s:.2f} s")
    return value


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
