"""The token that lets its owner into a chat without accounts: a file of the workspace.

Who can read the file owns the workspace. It lasts from start to start, so that bookmarks, cookies
and scripts do; deleted, the next start makes another. Knows nothing of servers.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from rag.storage.files.folder import unwritable, write_whole

FILE_NAME: Final = "token"
TOKEN_BYTES: Final = 32
"""256 bits: nobody guesses it, however often they may try."""


def start_token(workspace: Path) -> str:
    """Return the token of a workspace, made where there is none.

    Raises WorkspaceError where it can't be read or written.
    """
    path = workspace / FILE_NAME
    try:
        token = path.read_text("ascii").strip() if path.exists() else ""
    except OSError as error:
        raise unwritable(path, error) from error
    if not token:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        write_whole(path, f"{token}\n".encode())
    return token
