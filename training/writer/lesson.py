"""A lesson: what the writer is asked, and what it is to answer. The standard library alone."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Check = Literal["", "span", "yesno", "open", "summary", "query"]


@dataclass(slots=True, kw_only=True)
class Lesson:
    """Pairs of user and assistant text after the system text `prompt`; `kind` is the set's name.

    A lesson with a check is put to the untaught model, too: where its own answer passes the check,
    by `gold` answers and the `mark` of the source that holds them, it is learned instead.
    """

    kind: str
    turns: list[tuple[str, str]]
    prompt: str = "answer"
    check: Check = ""
    gold: list[str] = field(default_factory=list)
    mark: int = 0
    columns: list[tuple[str, str]] = field(default_factory=list)
    """Names and SQL types of the table that a query is about, with its `rows`, `id` first."""
    rows: list[list[str | int | float | None]] = field(default_factory=list)

    @property
    def user(self) -> str:
        return self.turns[0][0]

    @property
    def answer(self) -> str:
        return self.turns[0][1]


def read_lessons(path: Path) -> list[Lesson]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [Lesson(**json.loads(line)) for line in file]


def write_lessons(path: Path, lessons: Iterable[Lesson]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        for lesson in lessons:
            fields = {name: value for name, value in asdict(lesson).items() if value}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")
