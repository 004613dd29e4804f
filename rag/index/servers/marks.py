"""Which servers of a workspace run: each holds a lock of its own, which goes with its process.

Knows files; knows nothing of what servers do.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

FOLDER: Final = "servers"


class ServerMarks:
    """Those of one workspace. `own` is the id of this process's, "" before `begin`."""

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / FOLDER
        self._lock: FileLock | None = None
        self.own = ""

    def begin(self) -> None:
        """Be a server until `close`. What those left that have ended is deleted."""
        self._folder.mkdir(exist_ok=True)
        for path in self._folder.iterdir():
            if not self.runs(path.name):
                path.unlink(missing_ok=True)
        self.own = secrets.token_hex(8)
        self._lock = FileLock(self._folder / self.own, mode=0o600, thread_local=False)
        self._lock.acquire()

    def runs(self, server: str) -> bool:
        """Tell whether a server runs; this one does."""
        path = self._folder / server
        if server == self.own or not path.is_file():
            return bool(server) and server == self.own
        lock = FileLock(path, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False
        lock.release()
        return False

    def close(self) -> None:
        if self._lock is not None:
            self._lock.release()
            (self._folder / self.own).unlink(missing_ok=True)
            self._lock, self.own = None, ""
