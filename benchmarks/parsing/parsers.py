"""How fast and how faithfully PDFs are read: pypdf, pdfplumber, MarkItDown, docling-parse, ours.

    python -m benchmarks.parsing.parsers FOLDER QUESTIONS.jsonl [--only NAME]

Speed is in pages for a second of processor time. Fidelity is measured on the evidence that the
questions name: of sentences, how many stand in the text in one piece; of rows of tables, how many
stand on one line of it, cells in order; and in how many documents an accepted answer stands.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pypdfium2 import PdfDocument

from benchmarks.base.environments import python_with

PACKAGES: Final[Mapping[str, Sequence[str]]] = {
    "pypdf": ["pypdf", "cryptography", "fonttools"],
    "pdfplumber": ["pdfplumber"],
    "markitdown": ["markitdown[pdf]"],
    "docling_parse": ["docling-parse"],
}
OURS: Final = "pagelight"
_TOKEN: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*")

Question = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--only", choices=[*PACKAGES, OURS], action="append")
    options = parser.parse_args()
    pages = {
        path.relative_to(options.folder).as_posix(): len(PdfDocument(path))
        for path in options.folder.rglob("*.pdf")
    }
    questions = _questions(options.questions, set(pages))
    for name in options.only or [*PACKAGES, OURS]:
        print(_line(name, _read(name, options.folder), pages, questions), flush=True)


def _questions(path: Path, sources: set[str]) -> list[Question]:
    """Return the answerable questions of one of the PDFs, but for those of scans and figures."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        row
        for row in rows
        if row["answerable"] and row["source"] in sources and row["modality"] in {"text", "table"}
    ]


def _read(name: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the library makes of each file: text and seconds, or its error."""
    python = sys.executable if name == OURS else python_with(f"parsers/{name}", PACKAGES[name])
    script = Path(__file__).with_name(f"with_{name}.py")
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "read.jsonl"
        subprocess.run([python, str(script), str(folder), str(out)], check=True)
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return {row["source"]: row for row in rows}


def _line(
    name: str,
    read: Mapping[str, Mapping[str, Any]],
    pages: Mapping[str, int],
    questions: Sequence[Question],
) -> str:
    done = [source for source, row in read.items() if "text" in row]
    seconds = sum(row["seconds"] for row in read.values())
    whole = [(q, read[q["source"]].get("text", "")) for q in questions]
    sentences = [_in_one_piece(q["evidence"], text) for q, text in whole if _is(q, "text")]
    rows = [_on_one_line(q["evidence"], text) for q, text in whole if _is(q, "table")]
    answers = [any(_in_one_piece(a, text) for a in q["answers"]) for q, text in whole]
    return (
        f"{name:<14} {sum(pages[source] for source in done) / seconds:6.1f} pages/s, "
        f"{len(read) - len(done)} files failed; sentences {_share(sentences)}, "
        f"rows {_share(rows)}, answers {_share(answers)}"
    )


def _is(question: Question, modality: str) -> bool:
    return bool(question["modality"] == modality and question.get("evidence"))


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found)} of {len(found)}"


def _tokens(text: str) -> list[str]:
    joined = re.sub(r"(?<=\w)[-\u00ad]\n(?=\w)", "", text)  # a word that is parted at a line's end
    return [token.lower() for token in _TOKEN.findall(joined)]


def _in_one_piece(words: str, text: str) -> bool:
    return f" {' '.join(_tokens(words))} " in f" {' '.join(_tokens(text))} "


def _on_one_line(words: str, text: str) -> bool:
    return any(_in_one_piece(words, line) for line in text.split("\n"))


if __name__ == "__main__":
    main()
