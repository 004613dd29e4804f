"""The demo: documents of our own making that a person can try the chat with. Knows files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pagelight.ui.library.library_files import store_copy, target_of
from rag.errors import PagelightError

INTO: Final = "Demo"
"""The folder below that of the documents that the demo is copied into."""

QUESTIONS_FILE: Final = "questions.jsonl"
"""Beside the folder of documents: questions whose answers are known, one a line."""


class Demo:
    """The demo as it lies in `folder`; without one there is none to be had."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if folder is not None and folder.is_dir() else None

    @property
    def exists(self) -> bool:
        return self._folder is not None

    def questions(self, most: int) -> list[str]:
        """Return the first questions of the demo, at most `most`."""
        path = self._folder.parent / QUESTIONS_FILE if self._folder else None
        if path is None or not path.is_file():
            return []
        lines = path.read_text(encoding="utf-8").splitlines()[:most]
        return [str(json.loads(line)["question"]) for line in lines]

    def copy_into(self, documents: Path) -> None:
        """Copy what is not there yet.

        Raises PagelightError where a file can't be written, or there is no demo.
        """
        if self._folder is None:
            raise PagelightError("There is no demo here.", hint="Add documents of your own.")
        for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
            parts = path.relative_to(self._folder).parts
            if not documents.joinpath(INTO, *parts).exists():
                into = "/".join((INTO, *parts[:-1]))
                store_copy(path, target_of(documents, path.name, into=into))
