"""What is done to a workspace that nobody has open: damaged files mended, a backup put back.

Knows which files a workspace has; what is done with them, `rag.storage.backups` knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import DamagedError, WorkspaceBusyError
from rag.storage.backups.backup import back_up, copies_of, restore
from rag.storage.backups.salvage import Salvaged, salvage
from rag.storage.database.folder import make_folder, require_made
from rag.storage.database.lock import WorkspaceLock
from rag.storage.database.servers import ServerMarks
from rag.storage.database.stamp import forget_damaged
from rag.storage.database.user_database import USERS_NAME


def back_up_workspace(workspace: Path, file: Path) -> None:
    """Copy documents and what people wrote into a file, also while a chat runs.

    Raises WorkspaceError where there is no workspace, and as `back_up`.
    """
    require_made(workspace)
    back_up(workspace, file)


def restore_workspace(file: Path, workspace: Path) -> None:
    """Put back what a backup holds. Raises WorkspaceBusyError, and as `restore`."""
    make_folder(workspace)
    with alone_in(workspace):
        restore(file, workspace)


def mend_files(workspace: Path) -> Salvaged | None:
    """Make a damaged stamp and databases anew; return what could be kept of these.

    None where they are whole. Raises WorkspaceBusyError.
    """
    with alone_in(workspace):
        forget_damaged(workspace)
        return salvage(workspace)


def refuse_gone(workspace: Path) -> None:
    """Raise DamagedError where a file is gone that copies were made of: none replaces it."""
    path = workspace / USERS_NAME
    if copies_of(workspace) and not (path.exists() and path.stat().st_size):
        raise DamagedError(
            f"What people wrote in {workspace} is gone.", hint="Run: pagelight doctor --repair"
        )


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
