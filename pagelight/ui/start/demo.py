"""The demo: documents of our own making that a person can try the chat with. Knows files alone."""

from __future__ import annotations

import filecmp
import json
from pathlib import Path
from typing import Final

from pagelight.ui.library.library_files import DEMO_FOLDER, store_copy, target_of
from rag.errors import PagelightError

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
            if not documents.joinpath(DEMO_FOLDER, *parts).exists():
                into = "/".join((DEMO_FOLDER, *parts[:-1]))
                store_copy(path, target_of(documents, path.name, into=into))

    def remove_from(self, documents: Path) -> None:
        """Remove the copies that are as they were; what a person changed or added stays.

        Raises PagelightError where one can't be removed.
        """
        copied = documents / DEMO_FOLDER
        try:
            for path in sorted(copied.rglob("*"), reverse=True):  # what a folder holds, before it
                if path.is_dir():
                    _remove_empty(path)
                elif self._is_copy(path, path.relative_to(copied)):
                    path.unlink()
            _remove_empty(copied)
        except OSError as error:
            raise PagelightError(f"The demo can't be removed: {error.strerror}.") from error

    def _is_copy(self, path: Path, name: Path) -> bool:
        original = self._folder / name if self._folder else None
        return (
            original is not None
            and original.is_file()
            and filecmp.cmp(path, original, shallow=False)
        )


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
