"""Ingest of a folder against the bare sum of its parts: by processor, and spread over the cores.

    python -m benchmarks.ingest.speed FOLDER [DOCUMENTS]

With DOCUMENTS, of so many of its files, evenly taken by name. The parts are parsing, lettering and
embedding by plain calls in one thread (`benchmarks.ingest.bare`); what an ingest takes beyond them,
storing and the start of the program and of each reader included, is its share above 1. By the
clock the parts' processor time is divided by the cores (the embedder takes both in one call), which
says nothing where others use them; by the processor both are counted whole. Of few documents most
is the loading of models: the share is also told with that of one process among the parts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.base.measured import Measured, measure
from rag.models.base.computing import usable_cores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("documents", type=int, nargs="?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder
        if options.documents:
            folder = _some(folder, options.documents, Path(scratch) / "files")
        compare(folder, Path(scratch) / "workspace")


def compare(folder: Path, workspace: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.ingest.bare", str(folder)]
    bare = measure(command, environment={**os.environ, "OMP_NUM_THREADS": "1"})
    parts = _last_line(bare)
    print(f"bare        {json.dumps(parts)}", flush=True)
    program = str(Path(sys.executable).with_name("pagelight"))
    command = [program, "ingest", str(folder), "--workspace", str(workspace), "--json"]
    ours = measure(command, environment=os.environ)
    print(
        f"pagelight   {ours.wall_s:.1f} s  cpu {ours.processor_s:.1f} s  {ours.peak_mb:.0f} MB  "
        f"{ours.busy_cores:.1f} cores"
    )
    print(f"            {json.dumps(_last_line(ours)['totals'])}")
    _tell("processor", ours.processor_s, parts["cpu_s"], over=1)
    _tell("clock", ours.wall_s, parts["cpu_s"], over=usable_cores())


def _tell(by: str, ours_s: float, parts_s: dict[str, float], *, over: int) -> None:
    """Print how many times as long as the parts an ingest took, without and with loading."""
    whole_s = sum(parts_s.values()) / over
    work_s = whole_s - parts_s["load"] / over
    print(
        f"{by:11} {ours_s:.1f} s: {ours_s / work_s:.2f} of the parts' {work_s:.1f} s, "
        f"{ours_s / whole_s:.2f} of {whole_s:.1f} s with loading (divided by {over})"
    )


def _some(folder: Path, count: int, target: Path) -> Path:
    """Copy so many of the files, evenly taken from all by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for at in range(count):
        path = paths[at * len(paths) // count]
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return target


def _last_line(run: Measured) -> dict[str, Any]:
    if run.returncode not in {0, 3}:
        raise SystemExit(f"ended with exit code {run.returncode}")
    line: dict[str, Any] = json.loads(run.output.strip().splitlines()[-1])
    return line


if __name__ == "__main__":
    main()
