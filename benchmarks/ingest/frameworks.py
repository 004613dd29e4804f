"""Text-only ingest of the same files by LlamaIndex, LangChain, Haystack and Pagelight, one by one.

    python -m benchmarks.ingest.frameworks FOLDER [--only NAME]

Each framework gets an environment of its own below .cache/, with our torch, its default readers
and splitters, and the same MiniLM; each run is a process of its own, imports included. Ours stores
boxes, words and vectors on disk and reads no lettering (RAG_OCR=0); theirs keep vectors in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.base.environments import python_with
from benchmarks.base.measured import Measured, measure

SUFFIXES: Final = {".pdf", ".docx", ".pptx", ".html", ".md", ".txt", ".csv"}
SHARED_PINS: Final = ("torch==", "torchvision==", "transformers==", "sentence-transformers==")
PACKAGES: Final = {
    "llamaindex": [
        "llama-index-core",
        "llama-index-readers-file",
        "llama-index-embeddings-huggingface",
        "docx2txt",
        "python-pptx",
    ],
    "langchain": [
        "langchain-community",
        "langchain-huggingface",
        "langchain-text-splitters",
        "sentence-transformers",
        "beautifulsoup4",
        "docx2txt",
        "lxml",
        "pypdf",
        "python-pptx",
    ],
    "haystack": [
        "haystack-ai",
        "sentence-transformers-haystack",
        "markdown-it-py",
        "mdit-plain",
        "openpyxl",
        "pandas",
        "pypdf",
        "python-docx",
        "python-pptx",
        "tabulate",
        "trafilatura",
    ],
}
OFFLINE: Final = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "SCARF_NO_ANALYTICS": "true",
    "DO_NOT_TRACK": "true",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=[*PACKAGES, "pagelight"], action="append")
    arguments = parser.parse_args()
    names = arguments.only or [*PACKAGES, "pagelight"]
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        count = _copy(arguments.folder, files)
        print(f"{count} files", flush=True)
        for name in names:
            print(_line(name, _run(name, files, Path(scratch))), flush=True)


def _copy(folder: Path, target: Path) -> int:
    paths = [p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES]
    for path in paths:
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return len(paths)


def _run(name: str, files: Path, scratch: Path) -> Measured:
    environment = {**os.environ, **OFFLINE}
    if name == "pagelight":
        program = str(Path(sys.executable).with_name("pagelight"))
        workspace = str(scratch / "workspace")
        command = [program, "ingest", str(files), "--workspace", workspace, "--json"]
        return measure(command, environment={**environment, "RAG_OCR": "0"})
    script = Path(__file__).with_name(f"with_{name}.py")
    python = python_with(f"frameworks/{name}", PACKAGES[name], pins=SHARED_PINS)
    return measure([python, str(script), str(files), _minilm()], environment=environment)


def _minilm() -> str:
    code = "from rag.models.base.weights import MINILM; print(MINILM.locate())"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _line(name: str, run: Measured) -> str:
    facts = f"{name:<11} {run.wall_s:7.1f} s  {run.peak_mb:6.0f} MB  {run.busy_cores:.1f} cores"
    if run.returncode not in {0, 3}:
        return f"{facts}  ended with exit code {run.returncode}"
    result = json.loads(run.output.strip().splitlines()[-1])
    return f"{facts}  {json.dumps(result.get('totals', result))}"


if __name__ == "__main__":
    main()
