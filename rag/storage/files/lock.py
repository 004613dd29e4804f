"""One process owns a workspace: the lock, and the note beside it that says who and where.

A second writer on embedded Chroma loses vectors without an error. The operating system drops the
lock with the process that held it, so that a crash leaves nothing to clean up; the note may
outlive its process and is believed only while the lock is held. It is one of a file and of the
folder: the file may be deleted while it is held. Servers beside the owner only read
what the lock guards, and take it over once the owner is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from rag.decoding import decoded
from rag.errors import WorkspaceBusyError

LOCK_NAME: Final = "lock"
OWNER_NAME: Final = "owner.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The process that holds a workspace; `url` and `token` while it serves the local API.

    `serves`: it does, or is about to.
    """

    pid: int
    url: str = ""
    token: str = ""
    serves: bool = False

    @property
    def description(self) -> str:
        at = f", {self.url}" if self.url else ""
        return f"process {self.pid}{at}"


class FolderLock:
    """A lock of a folder itself, which is there as long as what it guards. Never waits.

    Where the system locks no folders (some network drives) there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def acquire(self) -> bool:
        """Take it; tell whether nobody else has it, as far as the system can tell."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:  # a drive that locks no folders
            os.close(descriptor)
            return True
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class WorkspaceLock:
    """Held from `acquire` to `release`. Never waits."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._lock = FileLock(workspace / LOCK_NAME, mode=0o600, thread_local=False)
        self._folder = FolderLock(workspace)

    def acquire(self) -> None:
        """Take the workspace; raises WorkspaceBusyError naming the process that has it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise self._busy() from error
        if not self._folder.acquire():
            self._lock.release()
            raise self._busy()
        self._note(Owner(pid=os.getpid()))

    def _busy(self) -> WorkspaceBusyError:
        owner = _noted_owner(self._workspace)
        who = owner.description if owner else "another process"
        return WorkspaceBusyError(
            f"The workspace {self._workspace} is in use by {who}.",
            hint="Close it first, or choose another --workspace.",
        )

    @property
    def is_held(self) -> bool:
        return bool(self._lock.is_locked)

    def announce(self, *, url: str, token: str) -> None:
        """Say where this process serves the workspace's API, and the token that it asks for.

        Without a `url` that it is about to.
        """
        self._note(Owner(pid=os.getpid(), url=url, token=token, serves=True))

    def release(self) -> None:
        if self._lock.is_locked:
            (self._workspace / OWNER_NAME).unlink(missing_ok=True)
            self._folder.release()
            self._lock.release()

    def _note(self, owner: Owner) -> None:
        path = self._workspace / OWNER_NAME
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(asdict(owner), out)
        fresh.replace(path)


def owner_of(workspace: Path) -> Owner | None:
    """Return the process that holds the workspace now; None if nobody does."""
    try:
        held = _is_held(workspace)
    except OSError:  # absent, read-only or closed: whoever opens the workspace says so
        return None
    return (_noted_owner(workspace) or Owner(pid=0)) if held else None


def _is_held(workspace: Path) -> bool:
    folder, lock = FolderLock(workspace), FileLock(workspace / LOCK_NAME, mode=0o600)
    if not folder.acquire():
        return True
    try:
        if (workspace / LOCK_NAME).exists():
            lock.acquire(timeout=0)
            lock.release()
    except Timeout:
        return True
    finally:
        folder.release()
    return False


def _noted_owner(workspace: Path) -> Owner | None:
    try:
        return decoded((workspace / OWNER_NAME).read_bytes(), Owner)
    except (OSError, ValueError):
        return None
