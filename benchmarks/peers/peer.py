"""What each library is asked to do, in a process and an environment of its own.

    python with_NAME.py STORE MODEL ingest FILES | scans FILES | put PASSAGES | ask QUESTIONS

Needs only numpy of what the environments hold: they know nothing of Pagelight.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

HITS: Final = 20
CALL: Final = 5000
"""Chroma takes 5,461 at once."""

PIECE_CHARS: Final = 1000
PIECE_WORDS: Final = 160
PIECE_TOKENS: Final = 256
"""Of a piece, in what a library cuts by: about as much as MiniLM reads; next to nothing twice."""


def run(opened: Callable[[Path, str], Any]) -> None:
    """Do what the command line says with an index in a folder, and print a line of JSON.

    What is `opened` has `ingest(files)`, `ingest_scans(files)`, `put(texts, vectors (n, dim))`,
    `search(question)`, which returns how many hits there are, and `count()`.
    """
    store, model, verb, given = sys.argv[1:]
    library = opened(Path(store), model)
    if verb == "ask":
        print(json.dumps(_ask(library.search, json.loads(Path(given).read_text()))))
        return
    if verb == "put":
        passages = Path(given)
        texts = json.loads(passages.with_suffix(".json").read_text())
        vectors = np.load(passages.with_suffix(".npy"))
        for at in range(0, len(texts), CALL):
            library.put(texts[at : at + CALL], vectors[at : at + CALL])
    else:
        files = sorted(path for path in Path(given).rglob("*") if path.is_file())
        {"ingest": library.ingest, "scans": library.ingest_scans}[verb](files)
    print(json.dumps({"pieces": library.count()}))


def _ask(search: Callable[[str], int], questions: list[str]) -> dict[str, Any]:
    """Return when the first question was answered, and what each other one took."""
    first, *others = questions
    search(first)
    answered_at, taken = time.time(), []
    for question in others:
        start = time.perf_counter(), time.process_time()
        found = search(question)
        if found != HITS:
            raise SystemExit(f"{found} hits")
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return {"answered_at": answered_at, "taken_s": taken}


def pages_of(scan: Path) -> list[str]:
    """Read each page, drawn at 200 dpi, by RapidOCR with a thread a core and else its defaults."""
    from pypdfium2 import PdfDocument  # noqa: PLC0415 - only scans need it
    from rapidocr import RapidOCR  # noqa: PLC0415

    if not hasattr(pages_of, "engine"):
        cores = len(os.sched_getaffinity(0))
        threads = {"EngineConfig.onnxruntime.intra_op_num_threads": cores}
        pages_of.engine = RapidOCR(params=threads | {"Global.log_level": "critical"})
    pages = (page.render(scale=200 / 72).to_numpy() for page in PdfDocument(scan))
    return ["\n".join(pages_of.engine(page).txts or ()) for page in pages]
