"""The folder of documents where a person never named one: it lies in the workspace. Knows paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAME: Final = "documents"


def folder_of(workspace: Path, *, root: Path | None) -> Path:
    """Return the folder that a workspace was made from, `root`; its own where there is none yet."""
    if root is not None:
        return root
    own = workspace.resolve() / NAME
    own.mkdir(parents=True, exist_ok=True)
    return own


def is_untouched(folder: Path, workspace: Path, *, root: Path | None) -> bool:
    """Tell whether `folder` is the workspace's own and nothing came into it yet.

    As long as it is not read, the workspace may still be made from another folder.
    """
    is_own = root is None and folder == workspace.resolve() / NAME
    return is_own and not any(folder.iterdir())
