"""The folder of a workspace: made, or refused in one sentence. Knows nothing of what is in it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from rag.errors import WorkspaceError
from rag.opening import open_regular
from rag.storage.files.lock import LOCK_NAME, OWNER_NAME
from rag.storage.files.stamp import FILE_NAME as STAMP_NAME
from rag.storage.files.stamp import is_stamped

LEDGER_NAME: Final = "ledger.sqlite"

EVALUATION_NAME: Final = "evaluation"
"""Folder inside a workspace for what evaluations keep; it may be there first."""

FETCHED_NAME: Final = "fetched"
"""Folder inside a workspace for what comes from addresses; it may be there first, too."""

_OURS: Final = frozenset(
    {LOCK_NAME, OWNER_NAME, "owner.new", "stamp.new", ".DS_Store", EVALUATION_NAME, FETCHED_NAME}
)
"""What may lie in a folder that is about to become a workspace: a first start that was cut off."""


_SQLITE: Final = b"SQLite format 3\0"
"""What each database of SQLite begins with (sqlite.org/fileformat.html)."""

PRIVATE: Final = stat.S_IRWXU
"""What the mode of a workspace is: what people ask is in it, and the token of the chat."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

FREE_SPACE: Final = "Free some disk space, then run it again: what is stored is not lost."
"""What to do about a full disk."""


def concerns_disk(error: OSError) -> bool:
    """Whether the disk is full or may not be written, whatever was to be written."""
    return error.errno in _FULL or error.errno == errno.EROFS


def unwritable(path: Path, error: OSError) -> WorkspaceError:
    """Return the error for a person where something of a workspace can't be written."""
    full = error.errno in _FULL
    return WorkspaceError(
        f"{path} can't be written: {error.strerror or error}.",
        hint=FREE_SPACE if full else "Check its permissions, or choose another --workspace.",
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write by renaming, so that a file under its final name is always whole.

    Raises WorkspaceError where the disk is full or may not be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.replace(path)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise


def is_workspace(folder: Path) -> bool:
    """Tell a workspace by its stamp and its database, and not by names that anybody may give."""
    try:
        with open_regular(folder / LEDGER_NAME) as file:
            return file.read(len(_SQLITE)) == _SQLITE and is_stamped(folder)
    except OSError:
        return False


def require_made(workspace: Path) -> None:
    """Raise WorkspaceError where there is no workspace yet."""
    if not any((workspace / name).exists() for name in (STAMP_NAME, LEDGER_NAME)):
        raise WorkspaceError(
            f"There is no workspace at {workspace}.",
            hint="Make one with: pagelight ingest FOLDER",
        )


def make_folder(workspace: Path) -> None:
    """Make the folder, unless it is there, for this account alone.

    Raises WorkspaceError where it can't be used.
    """
    try:
        workspace.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        entries = {entry.name for entry in workspace.iterdir()}
    except (FileExistsError, NotADirectoryError) as error:
        raise WorkspaceError(
            f"The workspace {workspace} can't be used: {error.strerror}, and is no folder.",
            hint="Choose an empty or a new folder with --workspace or RAG_WORKSPACE.",
        ) from error
    except OSError as error:
        raise unwritable(workspace, error) from error
    if entries and not entries & {STAMP_NAME, LEDGER_NAME} and not entries <= _OURS:
        raise WorkspaceError(
            f"The folder {workspace} holds other files and is not a workspace.",
            hint="Choose an empty or a new folder with --workspace or RAG_WORKSPACE.",
        )
    if not os.access(workspace, os.W_OK | os.X_OK):
        raise WorkspaceError(
            f"The workspace {workspace} may not be written.",
            hint="Change its permissions, or choose another folder with --workspace.",
        )
    with suppress(PermissionError):  # somebody else's, who let us in
        workspace.chmod(PRIVATE)
