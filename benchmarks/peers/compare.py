"""Pagelight beside other libraries: texts and scans read in, and searches, by turns in one run.

    python -m benchmarks.peers.compare FOLDER [--part texts] [--only plain] [--rounds 3]
        [--cores 2] [--every 1]

Each library has an environment of its own, of `requirements/`, and the same MiniLM; of scans, the
same RapidOCR. All keep their pieces in Chroma on the disk. They compute with a thread a core, else
by their defaults; `bare` is parsing, lettering and embedding by plain calls in one, and keeps
nothing. On a busy machine threads of one library wait for each other, which counts as work of the
processor: `--cores 1` tells it without.
Every run is a process of its own, imports included. A search is by the question's embedding, ours
by words too, over made-up passages whose vectors were there. Medians are told of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import numpy as np

from benchmarks.base.environments import ROOT, python_with
from benchmarks.base.measured import Measured, measure
from benchmarks.peers.files import copy_texts, cut_scans
from benchmarks.scale.made_up import CENTRES, DIM, QUERY_WORDS, made_up
from benchmarks.scale.series import A_DOCUMENT, grow, made
from rag.models.base.weights import MINILM

PEERS: Final = ("plain", "langchain", "llamaindex", "haystack")
PARTS: Final = ("texts", "scans", "search")
SCANNED_PAGES: Final = 20
SIZES: Final = (10_000, 100_000)
QUESTIONS: Final = 42
HERE: Final = Path(__file__).parent
ENVIRONMENT: Final = {
    **os.environ,
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "PYTHONPATH": str(ROOT),
}

TEXTS: Final = {"RAG_OCR": "0", "RAG_EMBEDDED_MODELS": "off"}
"""Ours then reads no lettering, looks at no picture, and embeds by MiniLM alone."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--only", choices=["pagelight", "bare", *PEERS], action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="so manieth text; as few scans")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    os.sched_setaffinity(0, range(options.cores))  # of all that is started here, too
    names = options.only or ["pagelight", "bare", *PEERS]
    parts = options.part or PARTS
    with tempfile.TemporaryDirectory() as scratch:
        for part in PARTS[:2]:
            if part in parts:
                _ingests(part, options.folder, Path(scratch) / part, names, options)
        if "search" in parts:
            searching = [name for name in names if name != "bare"]
            for size in SIZES:
                _searches(size, Path(scratch) / str(size), searching, options.rounds)


def _ingests(
    part: str, folder: Path, scratch: Path, names: Iterable[str], options: argparse.Namespace
) -> None:
    files = scratch / "files"
    if part == "texts":
        _say(f"{copy_texts(folder, files, every=options.every)} texts")
    else:
        _say(f"{cut_scans(folder, files, pages=SCANNED_PAGES // options.every)} scanned pages")
    environment = ENVIRONMENT | (TEXTS if part == "texts" else {})
    verb = "ingest" if part == "texts" else part

    def run(name: str, turn: int) -> Sequence[float]:
        store = scratch / f"{name}{turn}"
        ran = _checked(name, measure(_ingest(name, verb, files, store), environment=environment))
        _say(f"{part:7} {name:11} {ran.output.strip().splitlines()[-1]}")
        return ran.wall_s, ran.processor_s, ran.peak_mb

    _by_turns(
        names, options.rounds, run, f"{part:7} {{}} {{:6.1f}} s  cpu {{:6.1f}} s  {{:5.0f}} MB"
    )


def _ingest(name: str, verb: str, files: Path, store: Path) -> list[str]:
    if name == "pagelight":
        return [sys.executable, "-m", "app", "ingest", str(files), "--workspace", str(store)]
    if name == "bare":
        return [sys.executable, "-m", "benchmarks.ingest.bare", str(files)]
    return [*_peer(name), str(store), str(MINILM.locate()), verb, str(files)]


def _peer(name: str) -> list[str]:
    if name == "pagelight":
        return [sys.executable, "-m", "benchmarks.peers.with_pagelight"]
    lists = [HERE / "requirements" / f"{each}.txt" for each in ("common", name)]
    python = python_with(f"peers/{name}", [part for each in lists for part in ("-r", str(each))])
    return [python, str(HERE / f"with_{name}.py")]


def _searches(size: int, scratch: Path, names: Sequence[str], rounds: int) -> None:
    words, drawn = made_up(), Random(1)  # noqa: S311 - no secret
    questions = [words.text(drawn, QUERY_WORDS) for _ in range(QUESTIONS)]
    scratch.mkdir(parents=True)
    asked = scratch / "questions.json"
    asked.write_text(json.dumps(questions))
    _write_passages(scratch / "passages", size)
    for name in names:
        _put(name, scratch, size)

    def run(name: str, _: int) -> Sequence[float]:
        command = [*_peer(name), str(scratch / name), str(MINILM.locate()), "ask", str(asked)]
        began_at = time.time()
        ran = _checked(name, measure(command, environment=ENVIRONMENT))
        told = json.loads(ran.output.strip().splitlines()[-1])
        taken_ms = np.percentile(told["taken_s"], [50, 95], axis=0) * 1000  # (2, clock and cpu)
        return told["answered_at"] - began_at, *taken_ms.T.ravel(), ran.peak_mb

    line = f"{size:7} {{}} first {{:5.1f}} s  p50 {{:6.1f}}, p95 {{:6.1f}} ms"
    _by_turns(names, rounds, run, line + "  cpu {:6.1f}, {:6.1f} ms  {:5.0f} MB")


def _write_passages(target: Path, size: int) -> None:
    """Write the passages that `grow` stores: texts as JSON, vectors (size, dim) beside them."""
    centres, words = np.random.default_rng(0).standard_normal((CENTRES, DIM)), made_up()
    entries = [made(n, centres, words) for n in range(size // A_DOCUMENT)]
    pairs = [(chunk.text, each.vectors[chunk.id]) for each in entries for chunk in each.chunks]
    target.with_suffix(".json").write_text(json.dumps([text for text, _ in pairs]))
    np.save(target.with_suffix(".npy"), np.stack([row for _, row in pairs]))


def _put(name: str, scratch: Path, size: int) -> None:
    store = scratch / name
    if name == "pagelight":
        grow(store, size)
        return
    passages = str(scratch / "passages")
    command = [*_peer(name), str(store), str(MINILM.locate()), "put", passages]
    stored = _checked(name, measure(command, environment=ENVIRONMENT))
    _say(f"{size:7} {name:11} stored  {stored.wall_s:.1f} s  cpu {stored.processor_s:.1f} s")


def _by_turns(
    names: Iterable[str], rounds: int, run: Callable[[str, int], Sequence[float]], line: str
) -> None:
    """Run each once a round, and print what each run took, and the medians."""
    names, taken = list(names), []
    for turn in range(rounds):
        for name in names:
            taken.append((name, run(name, turn)))
            _say(line.format(f"{name:11}", *taken[-1][1]))
    for name in names:
        columns = zip(*(figures for of, figures in taken if of == name), strict=True)
        _say("median " + line.format(f"{name:11}", *map(median, columns)))


def _checked(name: str, run: Measured) -> Measured:
    if run.returncode not in {0, 3}:
        raise SystemExit(f"{name} ended with exit code {run.returncode}")
    return run


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
