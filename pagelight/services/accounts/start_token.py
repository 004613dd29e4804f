"""The token that lets its owner into a chat without accounts: a file of the workspace.

Who can read the file owns the workspace. It lasts from start to start, so that bookmarks, cookies
and scripts do; deleted, the next start makes another. Knows nothing of servers.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from rag.storage.database.folder import unwritable

FILE_NAME: Final = "token"
TOKEN_BYTES: Final = 32
"""256 bits: nobody guesses it, however often they may try."""


def start_token(workspace: Path) -> str:
    """Return the token of a workspace, made where there is none.

    Raises WorkspaceError where it can't be read or written.
    """
    path = workspace / FILE_NAME
    try:
        return path.read_text("ascii").strip() or _made(path)
    except FileNotFoundError:
        return _made(path)
    except OSError as error:
        raise unwritable(path, error) from error


def _made(path: Path) -> str:
    token, fresh = secrets.token_urlsafe(TOKEN_BYTES), path.with_suffix(".new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{token}\n")
        fresh.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    return token
