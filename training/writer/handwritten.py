"""Lessons written by hand: short, vague questions, answered in few own words.

`handwritten/*.jsonl`, a lesson a line: `sources` (each `file`, `lead`, `text`), `question`, an
`answer` with marks, and `language`, the name of the question's, "" for English. All is invented.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rag.generation.writer import question_words
from training.writer.lesson import Lesson
from training.writer.sources import source

FOLDER: Final = Path(__file__).with_name("handwritten")
TIMES: Final = 3
"""Each is taught so many times, in other orders of its sources."""

HELD_BACK: Final = 8
"""Of so many one is to judge by."""

_NUMBER: Final = re.compile(r"\[([1-9])\]")


def handwritten_lessons(rng: random.Random, *, dev: bool) -> Iterator[Lesson]:
    """Yield the lessons of all files; those held back once, as they were written."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for row in map(json.loads, lines):
            if _is_held_back(row) != dev:
                continue
            count = len(row["sources"])
            for _ in range(1 if dev else TIMES):
                order = list(range(count)) if dev else rng.sample(range(count), count)
                yield _lesson(path.stem, row, order)


def _is_held_back(row: dict[str, Any]) -> bool:
    """Tell whether a lesson is to judge by: those with the same question go together."""
    return zlib.crc32(row["question"].encode()) % HELD_BACK == 0


def _lesson(kind: str, row: dict[str, Any], order: list[int]) -> Lesson:
    marks = {str(old + 1): new for new, old in enumerate(order, start=1)}
    parts = [
        source(mark, one["file"], "\n".join(filter(None, (one["lead"], one["text"]))))
        for mark, one in enumerate((row["sources"][old] for old in order), start=1)
    ]
    user = "".join(parts) + question_words(row["question"], row["language"])
    answer = _NUMBER.sub(lambda found: f"[{marks[found[1]]}]", row["answer"])
    return Lesson(kind=kind, turns=[(user, answer)], gold=re.findall(r"\*\*(.+?)\*\*", answer))
