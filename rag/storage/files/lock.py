"""One process owns a workspace: the lock, and the note beside it that says who and where.

A second writer on embedded Chroma loses vectors without an error. The system drops the lock with
its process; the note may outlive it and is believed only while the lock is held, which is one of a
file and of the folder, as the file may be deleted. Other servers read, and take over later.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
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
    """The process that holds a workspace; `url` and `token` once it `serves` the local API."""

    pid: int
    url: str = ""
    token: str = ""
    serves: bool = False

    @property
    def description(self) -> str:
        return f"process {self.pid}, {self.url}".removesuffix(", ")


class WorkspaceLock:
    """Held from `acquire` to `release`. Never waits."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._lock = FileLock(workspace / LOCK_NAME, mode=0o600, thread_local=False)
        self._folder: int | None = None

    def acquire(self) -> None:
        """Take the workspace; raises WorkspaceBusyError naming the process that has it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise self._busy() from error
        self._folder = _locked(self._workspace)
        if self._folder is None:
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
        """Say where this process serves the API; without a `url`, that it is about to."""
        self._note(Owner(pid=os.getpid(), url=url, token=token, serves=True))

    def release(self) -> None:
        if self._lock.is_locked:
            (self._workspace / OWNER_NAME).unlink(missing_ok=True)
            _unlock(self._folder)
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
    lock, folder = FileLock(workspace / LOCK_NAME, mode=0o600), None
    try:
        folder = _locked(workspace)
        is_free = folder is not None
        if is_free and (workspace / LOCK_NAME).exists():
            lock.acquire(timeout=0)
            lock.release()
    except Timeout:
        is_free = False
    except OSError:  # absent, read-only or closed: whoever opens the workspace says so
        return None
    finally:
        _unlock(folder)
    return None if is_free else _noted_owner(workspace) or Owner(pid=0)


def _locked(folder: Path) -> int | None:
    """Lock a folder itself; return what is open for it, None where somebody else has it locked.

    Where the system locks no folders (some network drives) it is as if it was locked.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    with suppress(OSError):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
    return descriptor


def _unlock(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)


def _noted_owner(workspace: Path) -> Owner | None:
    try:
        return decoded((workspace / OWNER_NAME).read_bytes(), Owner)
    except (OSError, ValueError):
        return None
