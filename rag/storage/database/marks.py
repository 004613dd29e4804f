"""Which servers of a workspace run: each holds a lock of its own, which goes with its process.

Knows files, and the database of servers on several machines; knows nothing of what servers do.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from rag.storage.database.presence import Presence

FOLDER: Final = "servers"
_ROOM: Final = ".room"


class ServerMarks:
    """Those of one workspace. `own` is the id of this process's, "" before `begin`."""

    def __init__(self, workspace: Path, presence: Presence | None = None) -> None:
        """`presence`: this process among those of other machines."""
        self._folder = workspace / FOLDER
        self._presence = presence
        self._lock: FileLock | None = None
        self.own = ""

    def begin(self) -> None:
        """Be a server until `close`. What those left that have ended is deleted."""
        self._folder.mkdir(exist_ok=True)
        for path in self._folder.iterdir():
            if not self._runs_here(path.name.removesuffix(_ROOM)):
                _delete(path)
        self.own = secrets.token_hex(8)
        self._lock = FileLock(self._folder / self.own, mode=0o600, thread_local=False)
        self._lock.acquire()
        if self._presence is not None:
            self._presence.be_server(self.own)

    @property
    def room(self) -> Path:
        """A folder for what this server alone keeps as long as it runs; made by who needs it."""
        return self._folder / f"{self.own}{_ROOM}"

    def runs(self, server: str) -> bool:
        """Tell whether a server runs, on whatever machine; this one does."""
        if self._presence is None or server == self.own:
            return self._runs_here(server)
        return self._presence.runs(server)

    def any_runs(self) -> bool:
        """Tell whether any server runs on this machine."""
        return self._folder.is_dir() and any(
            self._runs_here(path.name) for path in self._folder.iterdir()
        )

    def _runs_here(self, server: str) -> bool:
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
            _delete(self.room)
            _delete(self._folder / self.own)
            self._lock, self.own = None, ""


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
