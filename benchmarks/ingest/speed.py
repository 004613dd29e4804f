"""Ingest of a folder against the bare sum of its parts: seconds, cores, peak memory.

python -m benchmarks.ingest.speed FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.base.measured import Measured, measure


def main() -> None:
    folder = sys.argv[1]
    bare = measure([sys.executable, "-m", "benchmarks.ingest.bare", folder], environment=os.environ)
    parts = _last_line(bare)
    print(f"bare        {json.dumps(parts)}", flush=True)
    with tempfile.TemporaryDirectory() as workspace:
        program = str(Path(sys.executable).with_name("pagelight"))
        command = [program, "ingest", folder, "--workspace", workspace, "--json"]
        ours = measure(command, environment=os.environ)
    totals = _last_line(ours)["totals"]
    print(f"pagelight   {ours.wall_s:.1f} s  {ours.peak_mb:.0f} MB  {ours.busy_cores:.1f} cores")
    print(f"            {json.dumps(totals)}")
    print(f"ratio       {ours.wall_s / parts['sum_s']:.2f} times the bare sum")


def _last_line(run: Measured) -> dict[str, Any]:
    if run.returncode not in {0, 3}:
        raise SystemExit(f"ended with exit code {run.returncode}")
    return json.loads(run.output.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
