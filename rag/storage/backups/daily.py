"""A copy a day of what people wrote, in the workspace: the last few are kept.

Documents are not in it, as their folder gives them back: so it is small. Knows files and days;
knows nothing of what rows mean.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from rag.errors import WorkspaceError
from rag.storage.backups import people_rows
from rag.storage.database.ledger import Ledger
from rag.storage.database.moving_in import TABLES

logger = logging.getLogger(__name__)

FOLDER: Final = "backups"
GENERATIONS: Final = 3
_PATTERN: Final = "people-????-??-??.sqlite"


class DailyCopies:
    """Those of one workspace, made by the process that owns it."""

    def __init__(
        self, workspace: Path, ledger: Ledger, *, today: Callable[[], date] = date.today
    ) -> None:
        self._folder = workspace / FOLDER
        self._ledger = ledger
        self._today = today
        self._made: date | None = None

    def keep(self) -> None:
        """Make today's copy, unless there is one. What keeps it from being made is logged."""
        today = self._today()
        if self._made == today:
            return
        self._made = today  # what fails is tried tomorrow, or when the workspace is opened again
        path = self._folder / f"people-{today.isoformat()}.sqlite"
        try:
            if not path.exists() and self._is_anything_written():
                self._make(path)
        except (OSError, sqlite3.DatabaseError, WorkspaceError) as error:
            logger.warning("what people wrote was not copied to %s: %s", path, error)

    def _is_anything_written(self) -> bool:
        """Whether there is a row: no empty copy takes the place of one that is not."""
        said = " UNION ALL ".join(f"SELECT 1 FROM {table}" for table in TABLES)
        with self._ledger.read() as db:
            return db.execute(f"SELECT * FROM ({said}) LIMIT 1").fetchone() is not None

    def _make(self, path: Path) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        fresh = path.with_suffix(".new")
        _forget(fresh)
        with closing(Ledger(fresh)) as made, self._ledger.read() as there, made.write() as here:
            people_rows.copy_whole(there, here)
        fresh.replace(path)
        for old in copies_of(self._folder.parent)[GENERATIONS:]:
            old.unlink()


def copies_of(workspace: Path) -> list[Path]:
    """Return the copies that are there, the newest first."""
    return sorted((workspace / FOLDER).glob(_PATTERN), reverse=True)


def _forget(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
