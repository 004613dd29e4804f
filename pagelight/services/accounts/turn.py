"""Who changes the users file does so alone: the page, the command line and other servers in turn.

Knows a file beside the users file; knows nothing of users.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock

from rag.errors import SettingsError

WAIT_S: Final = 10.0
"""A change is read and written within milliseconds."""


@contextmanager
def users_turn(path: Path) -> Iterator[None]:
    """Have the file to oneself, from before it is read until it is written.

    Raises SettingsError where that can not be had: in a folder that can't be written, and where
    another keeps it for `WAIT_S`.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT_S, mode=0o600)
    try:
        lock.acquire()
    except OSError as error:
        raise SettingsError(
            f"The users file {path} can't be written: {error.strerror or error}.",
            hint="Check its folder and the permissions.",
        ) from error
    try:
        yield
    finally:
        lock.release()
