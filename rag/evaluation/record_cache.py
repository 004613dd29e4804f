"""Records kept in a file of JSON lines while an evaluation runs, so that it can go on later.

What a file holds is valid for one key: the program, the index, the settings. Knows records and
files; knows nothing of asking.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec

from rag.closing import Closing
from rag.decoding import decoded
from rag.errors import WorkspaceError
from rag.evaluation.questions import EvaluationQuestion
from rag.evaluation.report import QuestionRecord

MAX_FILES: Final = 16
"""Of former evaluations; the oldest are deleted."""


class RecordCache(Closing):
    """The records of one run. Each is on disk as soon as it is added."""

    def __init__(self, folder: Path, key: Mapping[str, Any], *, fresh: bool = False) -> None:
        """Open the file of this key; `fresh` empties it. Raises WorkspaceError if it can't."""
        name = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()
        path = folder / f"{name[:24]}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.touch()
            by_age = sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
            for old in by_age[:-MAX_FILES]:
                old.unlink(missing_ok=True)
            self._records = {} if fresh else _read(path)
            self._file = path.open("wb" if fresh else "ab")
        except OSError as error:
            raise WorkspaceError(
                f"What the evaluation finds can't be kept in {folder}: {error.strerror}.",
                hint="Choose another workspace with --workspace.",
            ) from error
        # A line that was cut off must not spoil the next one; empty lines are passed over.
        self._file.write(b"\n")

    def get(self, question: EvaluationQuestion) -> QuestionRecord | None:
        """Return the record of the question, wherever it stood in its file."""
        record = self._records.get(_without_place(question))
        return replace(record, question=question) if record else None

    def add(self, record: QuestionRecord) -> None:
        self._file.write(json.dumps(msgspec.to_builtins(record)).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _without_place(question: EvaluationQuestion) -> str:
    return repr(replace(question, id="", line=0))


def _read(path: Path) -> dict[str, QuestionRecord]:
    """Return the whole records of the file; a line that was cut off is none."""
    found = {}
    for line in path.read_bytes().split(b"\n"):
        with suppress(ValueError, RecursionError):
            record = decoded(line, QuestionRecord)
            found[_without_place(record.question)] = record
    return found
