"""The folder of a workspace: made, or refused in one sentence. Knows nothing of what is in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from rag.errors import WorkspaceError
from rag.index.lock import LOCK_NAME, OWNER_NAME
from rag.index.stamp import FILE_NAME as STAMP_NAME

EVALUATION_NAME: Final = "evaluation"
"""Folder inside a workspace for what evaluations keep; it may be there first."""

_OURS: Final = frozenset(
    {LOCK_NAME, OWNER_NAME, "owner.new", "stamp.new", ".DS_Store", EVALUATION_NAME}
)
"""What may lie in a folder that is about to become a workspace: a first start that was cut off."""


def make_folder(workspace: Path) -> None:
    """Make the folder, unless it is there. Raises WorkspaceError where it can't be used."""
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        entries = {entry.name for entry in workspace.iterdir()}
    except OSError as error:
        raise WorkspaceError(
            f"The workspace {workspace} can't be used: {error.strerror}.",
            hint="Choose another folder with --workspace or RAG_WORKSPACE.",
        ) from error
    if entries and STAMP_NAME not in entries and not entries <= _OURS:
        raise WorkspaceError(
            f"The folder {workspace} holds other files and is not a workspace.",
            hint="Choose an empty or a new folder with --workspace or RAG_WORKSPACE.",
        )
    if not os.access(workspace, os.W_OK | os.X_OK):
        raise WorkspaceError(
            f"The workspace {workspace} may not be written.",
            hint="Change its permissions, or choose another folder with --workspace.",
        )
