"""The benchmarks still run. What they measure is no test's business."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = ROOT / "demo" / "documents"


@pytest.mark.slow
def test_the_parts_of_an_ingest_can_be_timed_alone(tmp_path):
    for name in ("february-2025-daily.csv", "precipitation-gauge.png"):
        shutil.copyfile(DOCUMENTS / name, tmp_path / name)
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest.bare", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    figures = json.loads(run.stdout.splitlines()[-1])

    assert figures["documents"] == 2
    assert figures["pictures"] == 1
    assert figures["pieces"] >= 3
