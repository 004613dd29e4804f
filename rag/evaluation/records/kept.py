"""Records kept in a file of JSON lines while an evaluation runs, so that it can go on later.

What a file holds is valid for one key: the program, the index, the settings. Knows records and
files; knows nothing of asking.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import msgspec

from rag.closing import Closing
from rag.decoding import converted
from rag.errors import WorkspaceError
from rag.evaluation.records.questions import EvaluationQuestion
from rag.evaluation.records.report import QuestionRecord

KEPT_FILES: Final = 16
"""Of former evaluations; the oldest are deleted."""


class KeptRecords(Closing):
    """The records of one run. Each is on disk as soon as it is added."""

    def __init__(self, folder: Path, key: Mapping[str, Any], *, fresh: bool = False) -> None:
        """Open the file of this key; `fresh` empties it. Raises WorkspaceError if it can't."""
        path = folder / f"{_digest(key)}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.touch()
            _prune(folder)
            self._found = {} if fresh else _read(path)
            self._file = path.open("w" if fresh else "a", encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(
                f"What the evaluation finds can't be kept in {folder}: {error.strerror}.",
                hint="Choose another workspace with --workspace.",
            ) from error
        # A line that was cut off must not spoil the next one; empty lines are passed over.
        self._file.write("\n")

    def get(self, question: EvaluationQuestion) -> QuestionRecord | None:
        return self._found.get(_question_key(question))

    def add(self, question: EvaluationQuestion, record: QuestionRecord) -> None:
        line = {"key": _question_key(question), "record": msgspec.to_builtins(record)}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _question_key(question: EvaluationQuestion) -> str:
    """Name the question by what it asks and expects, wherever it stands in its file."""
    return _digest({**asdict(question), "id": "", "line": 0})


def _digest(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(path: Path) -> dict[str, QuestionRecord]:
    """Return the whole records of the file; a line that was cut off is none."""
    found = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return {}
    for line in lines:
        try:
            row = json.loads(line)
            found[str(row["key"])] = converted(row["record"], QuestionRecord)
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
    for path in files[:-KEPT_FILES]:
        path.unlink(missing_ok=True)
