"""The folder of a workspace, made, or refused in one sentence; its stamp, and who owns it.

The stamp, a small JSON file, says what an index was built with: it is used with nothing else. One
process owns a workspace: a second writer on embedded Chroma loses vectors without an error. The
system drops the lock with its process; the note beside it, which says who and where, may outlive it
and is believed only while the lock is held, which is one of a file and of the folder, as the file
may be deleted. Other servers read, and take over later. Knows nothing of what the index holds.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from rag.decoding import decoded
from rag.errors import DamagedError, IndexMismatchError, WorkspaceBusyError, WorkspaceError
from rag.opening import open_regular

LEDGER_NAME: Final = "ledger.sqlite"
STAMP_NAME: Final = "stamp.json"
LOCK_NAME: Final = "lock"
OWNER_NAME: Final = "owner.json"

_SUM: Final = "checksum"
_PART: Final = ".part"
_MAX_BYTES: Final = 10_000

EVALUATION_NAME: Final = "evaluation"
"""Folder inside a workspace for what evaluations keep; it may be there first."""

FETCHED_NAME: Final = "fetched"
"""Folder inside a workspace for what comes from addresses; it may be there first, too."""

_OURS: Final = frozenset(
    {LOCK_NAME, OWNER_NAME, "stamp.new", ".DS_Store", EVALUATION_NAME, FETCHED_NAME}
)
"""What may lie in a folder that is about to become a workspace: a first start that was cut off."""


_SQLITE: Final = b"SQLite format 3\0"
"""What each database of SQLite begins with (sqlite.org/fileformat.html)."""

PRIVATE: Final = stat.S_IRWXU
"""What the mode of a workspace is: what people ask is in it, and the token of the chat."""

_ANOTHER: Final = "Choose an empty or a new folder with --workspace or RAG_WORKSPACE."
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
    """Write by renaming, so that a file under its final name is whole. Raises WorkspaceError."""
    try:
        with temporary(path.parent) as part:
            part.write_bytes(data)
            part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """Lend an empty file of a folder, which is made; it is gone afterwards, unless renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=_PART)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def read_or_nothing(path: Path) -> bytes:
    """Return what a file holds; nothing where it is gone."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return b""


def is_workspace(folder: Path) -> bool:
    """Tell a workspace by its stamp and its database, and not by names that anybody may give."""
    try:
        with open_regular(folder / LEDGER_NAME) as file:
            is_sqlite = file.read(len(_SQLITE)) == _SQLITE
        with open_regular(folder / STAMP_NAME) as file:
            found = json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return False
    return is_sqlite and isinstance(found, dict) and found.keys() >= _SPOKEN.keys()


def require_made(workspace: Path) -> None:
    """Raise WorkspaceError where there is no workspace yet."""
    if not any((workspace / name).exists() for name in (STAMP_NAME, LEDGER_NAME)):
        raise WorkspaceError(
            f"There is no workspace at {workspace}.",
            hint="Make one with: pagelight ingest FOLDER",
        )


def make_folder(workspace: Path) -> None:
    """Make the folder, unless it is there, for this account alone. Raises WorkspaceError."""
    try:
        workspace.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        entries = {entry.name for entry in workspace.iterdir() if entry.suffix != _PART}
    except (FileExistsError, NotADirectoryError) as error:
        raise WorkspaceError(
            f"The workspace {workspace} can't be used: {error.strerror}, and is no folder.",
            hint=_ANOTHER,
        ) from error
    except OSError as error:
        raise unwritable(workspace, error) from error
    if entries and not entries & {STAMP_NAME, LEDGER_NAME} and not entries <= _OURS:
        raise WorkspaceError(
            f"The folder {workspace} holds other files and is not a workspace.", hint=_ANOTHER
        )
    if not os.access(workspace, os.W_OK | os.X_OK):
        raise WorkspaceError(
            f"The workspace {workspace} may not be written.",
            hint="Change its permissions, or choose another folder with --workspace.",
        )
    with suppress(PermissionError):  # somebody else's, who let us in
        workspace.chmod(PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """`model_id` names the weights by their hash; vectors of two models don't compare."""

    schema: int
    model_id: str
    dim: int


_SPOKEN: Final = {"schema": "storage format", "model_id": "embedding model", "dim": "vector length"}


def require(workspace: Path, stamp: Stamp) -> None:
    """Give a new workspace its stamp; raise IndexMismatchError where another is there."""
    path = workspace / STAMP_NAME
    if not path.exists():
        told, fresh = asdict(stamp), path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            json.dump({**told, _SUM: _sum(told)}, out, indent=2)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        return
    found = _read(path)
    for name, ours in asdict(stamp).items():
        theirs = found.get(name)
        if theirs != ours:
            raise IndexMismatchError(
                f"The workspace {workspace} was built with {_SPOKEN[name]} {theirs}, but"
                f" {ours} is in use now.",
                hint=f"Delete the folder {workspace} or choose another with --workspace, then"
                " run: pagelight ingest FOLDER",
            )


def forget_damaged(workspace: Path) -> None:
    """Delete a stamp that can't be read: the next that opens the workspace writes it anew."""
    path = workspace / STAMP_NAME
    try:
        if path.exists():
            _read(path)
    except DamagedError:
        path.unlink()


def _read(path: Path) -> dict[str, Any]:
    """Raises DamagedError where it is not what was written, WorkspaceError for a closed file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WorkspaceError(
            f"The stamp {path} can't be read: {error.strerror or error}.",
            hint="Check its permissions, or choose another folder with --workspace.",
        ) from error
    found: dict[str, Any] = {}
    with suppress(ValueError):
        found = decoded(data, dict[str, Any])
    kept = found.pop(_SUM, None)  # earlier versions wrote none
    if not found or (kept is not None and kept != _sum(found)):
        raise DamagedError(f"The stamp {path} is damaged.", hint="Run: pagelight doctor --repair")
    return found


def _sum(fields: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(fields, sort_keys=True).encode())


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
            if self._folder is not None:
                os.close(self._folder)
            self._lock.release()

    def _note(self, owner: Owner) -> None:
        write_whole(self._workspace / OWNER_NAME, json.dumps(asdict(owner)).encode())


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
        if folder is not None:
            os.close(folder)
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


def _noted_owner(workspace: Path) -> Owner | None:
    try:
        return decoded((workspace / OWNER_NAME).read_bytes(), Owner)
    except (OSError, ValueError):
        return None
