"""One ledger file put in the place of another, which is set aside.

Nobody may have it open. Knows files.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from rag.storage.database.folder import unwritable

SET_ASIDE: Final = "ledger.before.sqlite"
"""The ledger that was replaced last."""

_BESIDE: Final = ("-wal", "-shm")
"""What SQLite has still to write into a file; of another file it would spoil this one."""


def fresh_file(path: Path) -> Path:
    """Return where a new ledger is made; what was left there of a former try is deleted."""
    fresh = path.with_name(f"{path.name}.new")
    for file in path.parent.glob(f"{fresh.name}*"):
        file.unlink()
    return fresh


def exchange(path: Path, fresh: Path) -> None:
    """Put the fresh file in place; what is there lies under `SET_ASIDE` from then on.

    Raises WorkspaceError where that can't be written: then all is as it was.
    """
    try:
        for name in ("", *_BESIDE):
            aside = path.with_name(f"{SET_ASIDE}{name}")
            aside.unlink(missing_ok=True)
            if path.with_name(f"{path.name}{name}").exists():
                shutil.copy2(path.with_name(f"{path.name}{name}"), aside)
        for name in _BESIDE:
            path.with_name(f"{path.name}{name}").unlink(missing_ok=True)
        fresh.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
