"""Copies of a workspace's databases: one a day of what people wrote, and whole ones in a file.

Made while others write, by SQLite's backup. Vectors and pictures are in none: they are made again.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rag.errors import DamagedError, IndexMismatchError, PagelightError
from rag.storage.database import user_schema, workspace_schema
from rag.storage.database.database import SQLITE_ERRORS, Kind, is_sound, reading
from rag.storage.database.servers import alone_in
from rag.storage.database.user_database import USERS_NAME
from rag.storage.files.folder import (
    LEDGER_NAME,
    concerns_disk,
    make_folder,
    require_made,
    unwritable,
)

logger = logging.getLogger(__name__)

FOLDER: Final = "backups"
GENERATIONS: Final = 3
_PATTERN: Final = "users-????-??-??.sqlite"
_NEW: Final = ".new"
_ADDED: Final = ("-wal", "-shm")
"""What SQLite has still to write into a file; of another file it would spoil this one."""

KINDS: Final[dict[str, Kind]] = {LEDGER_NAME: "index", USERS_NAME: "users"}


class DailyCopies:
    """Those of one workspace, made by the process that owns it."""

    def __init__(self, workspace: Path, *, today: Callable[[], date] = date.today) -> None:
        self._workspace = workspace
        self._today = today
        self._made: date | None = None

    def keep(self) -> None:
        """Make today's copy, unless there is one. What keeps it from being made is logged."""
        today = self._today()
        if self._made == today:
            return
        self._made = today  # what fails is tried tomorrow, or when the workspace is opened again
        path = self._workspace / FOLDER / f"users-{today.isoformat()}.sqlite"
        try:
            if not path.exists() and self._is_anything_written():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                copy_database(self._workspace / USERS_NAME, path, "users")
                for old in copies_of(self._workspace)[GENERATIONS:]:
                    old.unlink()
        except (OSError, sqlite3.DatabaseError, DamagedError) as error:
            logger.warning("what people wrote was not copied to %s: %s", path, error)

    def _is_anything_written(self) -> bool:
        """Whether there is a row: no empty copy takes the place of one that is not."""
        with closing(reading(self._workspace / USERS_NAME)) as db:
            queries = (f"SELECT 1 FROM {table.name} LIMIT 1" for table in user_schema.WRITTEN)
            return any(db.execute(query).fetchone() for query in queries)


def copies_of(workspace: Path) -> list[Path]:
    """Return the daily copies that are there, the newest first."""
    return sorted((workspace / FOLDER).glob(_PATTERN), reverse=True)


def refuse_gone(workspace: Path) -> None:
    """Raise DamagedError where a file is gone that copies were made of: none replaces it."""
    path = workspace / USERS_NAME
    if copies_of(workspace) and not (path.exists() and path.stat().st_size):
        raise DamagedError(
            f"What people wrote in {workspace} is gone.", hint="Run: pagelight doctor --repair"
        )


def back_up(workspace: Path, file: Path) -> None:
    """Copy documents and what people wrote into a file, also while others write.

    Raises DamagedError, or WorkspaceError for no workspace and a file that can't be written.
    """
    require_made(workspace)
    fresh = file.with_name(f"{file.name}{_NEW}")
    try:
        fresh.touch(mode=0o600)
        with TemporaryDirectory(dir=file.parent) as folder, zipfile.ZipFile(fresh, "w") as out:
            for name, kind in KINDS.items():
                copy_database(workspace / name, Path(folder) / name, kind)
                out.write(Path(folder) / name, name)
        fresh.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error
    finally:
        fresh.unlink(missing_ok=True)


def restore(file: Path, workspace: Path) -> None:
    """Put what a backup holds in the place of a workspace's databases, which are set aside.

    Raises WorkspaceBusyError where somebody has them open, PagelightError where the file is no
    backup, or one of a newer Pagelight.
    """
    make_folder(workspace)
    with alone_in(workspace):
        fresh = {name: fresh_file(workspace / name) for name in KINDS}
        if is_former(file):  # one database: it is carried over when the workspace is opened
            shutil.copyfile(file, fresh[LEDGER_NAME])
            exchange(workspace / LEDGER_NAME, fresh[LEDGER_NAME])
            return
        _unpack(file, fresh)
        for name, path in fresh.items():
            exchange(workspace / name, path)


def _unpack(file: Path, to: Mapping[str, Path]) -> None:
    is_none = PagelightError(
        f"{file} is no backup of Pagelight, or a damaged one.",
        hint="Name a file that pagelight backup wrote.",
    )
    try:
        with zipfile.ZipFile(file) as backup:
            for name, path in to.items():
                with backup.open(name) as member, path.open("wb") as out:
                    shutil.copyfileobj(member, out)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        if isinstance(error, OSError) and concerns_disk(error):
            raise unwritable(to[LEDGER_NAME].parent, error) from error
        raise is_none from error
    index, users = to[LEDGER_NAME], to[USERS_NAME]
    is_newer = _version(index, "PRAGMA user_version") > workspace_schema.VERSION
    if is_newer or _version(users, "SELECT number FROM version") > user_schema.VERSION:
        raise IndexMismatchError(
            f"{file} was made by a newer Pagelight.", hint="Update this one, then restore it."
        )
    if not all(is_sound(path, KINDS[name]) for name, path in to.items()):
        raise is_none


def is_former(path: Path) -> bool:
    """Tell whether a file is the database of a former version, which held all."""
    return 0 < _version(path, "PRAGMA user_version") < workspace_schema.ALONE_SINCE


def _version(path: Path, query: str) -> int:
    """Return the version of a database, 0 where it can't be read."""
    try:
        with closing(reading(path)) as db:
            return int(db.execute(query).fetchone()[0])
    except (*SQLITE_ERRORS, TypeError):
        return 0


def copy_database(path: Path, to: Path, kind: Kind) -> None:
    """Copy all of a database that others may write. Raises DamagedError, OSError for the copy."""
    fresh = fresh_file(to)
    try:
        with closing(reading(path)) as there, closing(sqlite3.connect(fresh)) as here:
            there.backup(here)
            here.execute("PRAGMA journal_mode = DELETE")
    except SQLITE_ERRORS as error:
        fresh.unlink(missing_ok=True)
        raise OSError(str(error)) from error
    if not is_sound(fresh, kind):
        fresh.unlink()
        raise DamagedError(
            f"The database {path} is damaged and was not copied.",
            hint="Run: pagelight doctor --repair",
        )
    fresh.replace(to)


def fresh_file(path: Path) -> Path:
    """Return where a database is made anew; what a former try left there is deleted."""
    fresh = path.with_name(f"{path.name}{_NEW}")
    for file in path.parent.glob(f"{fresh.name}*"):
        file.unlink()
    return fresh


def aside(path: Path) -> Path:
    """Return where a database lies that was replaced last."""
    return path.with_name(f"{path.stem}.before{path.suffix}")


def exchange(path: Path, fresh: Path) -> None:
    """Put the fresh file in place of a database, which then lies `aside`. Raises WorkspaceError."""
    try:
        for ending in ("", *_ADDED):
            former = Path(f"{path}{ending}")
            Path(f"{aside(path)}{ending}").unlink(missing_ok=True)
            if former.exists():
                shutil.copy2(former, f"{aside(path)}{ending}")
        for ending in _ADDED:
            Path(f"{path}{ending}").unlink(missing_ok=True)
        fresh.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
