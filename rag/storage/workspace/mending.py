"""What is done to a workspace that nobody has open: a damaged ledger mended, one put back.

Knows which files a workspace has; what is done with them, `rag.storage.backups` knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rag.errors import DamagedError, WorkspaceBusyError
from rag.storage.backups.daily import copies_of
from rag.storage.backups.salvage import Salvaged, is_whole, salvage
from rag.storage.backups.whole_copy import back_up, restore
from rag.storage.database.folder import LEDGER_NAME, make_folder, require_made
from rag.storage.database.lock import WorkspaceLock
from rag.storage.database.marks import ServerMarks
from rag.storage.database.stamp import forget_damaged

_REPAIR: Final = "Run: pagelight doctor --repair"


def back_up_workspace(workspace: Path, file: Path) -> None:
    """Copy documents and what people wrote into a file, also while a chat runs.

    Raises WorkspaceError where there is no workspace, and as `back_up`.
    """
    require_made(workspace)
    back_up(workspace / LEDGER_NAME, file)


def restore_workspace(file: Path, workspace: Path) -> None:
    """Put back what a backup holds. Raises WorkspaceBusyError, and as `restore`."""
    make_folder(workspace)
    with alone_in(workspace):
        restore(file, workspace / LEDGER_NAME)


def mend_files(workspace: Path) -> Salvaged | None:
    """Make a damaged stamp and ledger anew; return what could be kept of this.

    None where it is whole. Raises WorkspaceBusyError.
    """
    path = workspace / LEDGER_NAME
    with alone_in(workspace):
        forget_damaged(workspace)
        if not is_gone(workspace) and (not path.exists() or is_whole(path)):
            return None
        return salvage(path, copies_of(workspace))


def refuse_gone(workspace: Path) -> None:
    """Raise DamagedError where a ledger is gone that copies were made of: none replaces it."""
    if is_gone(workspace):
        raise DamagedError(f"The ledger of {workspace} is gone.", hint=_REPAIR)


def is_gone(workspace: Path) -> bool:
    path = workspace / LEDGER_NAME
    return bool(copies_of(workspace)) and not (path.exists() and path.stat().st_size)


@contextmanager
def alone_in(workspace: Path) -> Iterator[None]:
    """Let no other process use the workspace until the block ends. Raises WorkspaceBusyError."""
    lock = WorkspaceLock(workspace)
    lock.acquire()
    try:
        if ServerMarks(workspace).any_runs():
            raise WorkspaceBusyError(
                f"A server of the workspace {workspace} runs.", hint="Stop it first."
            )
        yield
    finally:
        lock.release()
