"""Starting costs nothing: the entry point and the values import no heavy library."""

import resource
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {
    "torch", "transformers", "sentence_transformers", "open_clip", "chromadb", "gradio",
    "onnxruntime", "rapidocr", "numpy", "PIL", "pypdfium2", "pypdf", "fastapi", "lxml", "mcp",
}  # fmt: skip
HELP_S = 0.5
"""Of the processor: a shared and busy test machine may take any time by the clock."""


@pytest.mark.parametrize(
    "module", ["app", "rag.settings", "rag.datamodel", "rag.pipeline.engine.build", "pagelight"]
)
def test_importing_it_loads_no_heavy_library(module):
    loaded = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout.split()
    builds = module in {"rag.pipeline.engine.build", "pagelight"}
    allowed = {"numpy", "PIL"} if builds else set()  # matrices and pictures

    assert HEAVY & set(loaded) <= allowed


def test_help_answers_at_once():
    program = Path(sys.executable).with_name("pagelight")
    seconds = [_processor_seconds([program, "--help"]) for _ in range(5)]
    print(f"pagelight --help: {statistics.median(seconds):.2f} s of processor time")  # noqa: T201 - shown by pytest -s

    assert statistics.median(seconds) <= HELP_S


def _processor_seconds(command: list[str | Path]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
