"""A ledger whole in one file: documents, their words, and what people wrote.

Made while others write, by SQLite's backup. Vectors and pictures are not in it: they are made
again.
Knows files and SQLite.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rag.errors import DamagedError, IndexMismatchError, PagelightError
from rag.storage.backups.exchanged import exchange, fresh_file
from rag.storage.database.folder import unwritable
from rag.storage.database.soundness import SQLITE_ERRORS, is_sound, reading
from rag.storage.database.workspace_schema import SCRIPTS


def back_up(path: Path, file: Path) -> None:
    """Copy a ledger into a file, which is replaced once the copy is whole.

    Raises DamagedError where the ledger is, WorkspaceError where the file can't be written.
    """
    try:
        fresh = fresh_file(file)
        fresh.touch(mode=0o600)
        _copy(path, fresh)
        fresh.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error


def restore(file: Path, path: Path) -> None:
    """Put what a backup holds in the place of a ledger, which is set aside.

    Nobody may have it open. Raises PagelightError where the file is no backup, or one of a newer
    Pagelight.
    """
    if not file.is_file() or not _version(file) or not is_sound(file):
        raise _no_backup(file)
    fresh = fresh_file(path)
    try:
        _copy(file, fresh)
    except OSError as error:
        raise unwritable(path, error) from error
    exchange(path, fresh)


def _copy(path: Path, fresh: Path) -> None:
    """Raises DamagedError where what was copied can't be read, OSError where none can be made."""
    try:
        with closing(reading(path)) as there, closing(sqlite3.connect(fresh)) as here:
            there.backup(here)
            here.execute("PRAGMA journal_mode = DELETE")
    except SQLITE_ERRORS as error:
        fresh.unlink(missing_ok=True)
        raise OSError(str(error)) from error
    if not is_sound(fresh):
        fresh.unlink()
        raise DamagedError(
            f"The ledger {path} is damaged and was not copied.",
            hint="Run: pagelight doctor --repair",
        )


def _no_backup(file: Path) -> PagelightError:
    if _version(file) > len(SCRIPTS):
        return IndexMismatchError(
            f"{file} was made by a newer Pagelight.", hint="Update this one, then restore it."
        )
    return PagelightError(
        f"{file} is no backup of Pagelight, or a damaged one.",
        hint="Name a file that pagelight backup wrote.",
    )


def _version(file: Path) -> int:
    try:
        with closing(reading(file)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
    except SQLITE_ERRORS:
        return 0
