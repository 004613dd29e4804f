"""Arbitrary bytes against every parser: each file gives a document or a reason, within limits.

    python -m benchmarks.parsing.fuzzing FINDINGS SEEDS... [--seconds 3600] [--only .pdf]

A SEEDS folder may hold folders named as the kinds of `stored_kinds` (tests/fixtures/fuzzed has
them): what a workspace stores is fuzzed then, too. A file without a suffix has its folder's name.

Atheris (libFuzzer) changes the files of the SEEDS folders, one suffix after another, and looks for
what takes the parsers to new lines. FINDINGS gets each kind of error with the smallest file that
met it, and the files that crashed the process or took too long. Run it on nothing that is dear:
here the parsers run without the limits of their child processes. With TMPDIR on a file system in
memory (/dev/shm) a third more files are read in the same time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.base.environments import ROOT, python_with
from benchmarks.parsing.stored_kinds import KINDS

LARGEST_SEED_BYTES: Final = 60_000
"""Larger files are changed too slowly to be of use."""

LARGEST_BYTES: Final = 100_000
SLOWEST_S: Final = 30
MAX_MB: Final = 3_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("findings", type=Path)
    parser.add_argument("seeds", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    seeds = _seeds(options.seeds)
    wanted = options.only or sorted(seeds)
    for suffix in wanted:
        line = _line(suffix, options.findings, seeds[suffix], options.seconds / len(wanted))
        print(line, flush=True)


def _seeds(folders: Sequence[Path]) -> Mapping[str, list[Path]]:
    """Return the small files of the folders by suffix, or by what kind of stored bytes they are."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size <= LARGEST_SEED_BYTES:
                room = path.parent.name
                kind = room if room in KINDS else path.suffix.lower() or f".{room}"
                found.setdefault(kind, []).append(path)
    return found


def _line(suffix: str, findings: Path, seeds: Sequence[Path], seconds: float) -> str:
    """Fuzz one suffix for so long, again after each crash; return what came of it."""
    corpus = findings / "corpus" / suffix
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        shutil.copyfile(seed, corpus / f"seed-{number}")
    end_s = time.monotonic() + seconds
    runs = 0
    while (left_s := end_s - time.monotonic()) > 1:
        runs += 1
        _fuzz(suffix, findings, corpus, left_s)
    made = len(list(corpus.iterdir())) - len(seeds)
    kept = [path for path in findings.glob(f"{_name(suffix)}-*") if path.suffix != ".txt"]
    files = _executions(findings / f"{_name(suffix)}.log")
    return (
        f"{suffix:8} {len(seeds):3} seeds, {made:5} more, {runs} runs, {files:9,} files, "
        f"{len(kept)} findings"
    )


def _executions(log: Path) -> int:
    """Return how many files the runs of a log read; a run that crashed tells none."""
    told = re.findall(r"number_of_executed_units:\s*(\d+)", log.read_text("utf-8", "replace"))
    return sum(map(int, told))


def _name(suffix: str) -> str:
    return suffix.removeprefix(".")


def _fuzz(suffix: str, findings: Path, corpus: Path, seconds: float) -> None:
    library = Path(python_with("fuzzing", ["atheris"])).parents[1]
    (packages,) = library.glob("lib/python*/site-packages")
    target = Path(__file__).with_name("stored.py" if suffix in KINDS else "target.py")
    with (findings / f"{_name(suffix)}.log").open("ab") as log:
        subprocess.run(
            [
                *(sys.executable, str(target), suffix, str(findings), str(corpus)),
                f"-max_total_time={int(seconds)}",
                f"-max_len={LARGEST_BYTES}",
                f"-timeout={SLOWEST_S}",
                f"-rss_limit_mb={MAX_MB}",
                f"-artifact_prefix={findings}/{_name(suffix)}-",
                "-print_final_stats=1",
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)])},
            stdout=log,
            stderr=log,
            check=False,
        )


if __name__ == "__main__":
    main()
