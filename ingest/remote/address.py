"""Addresses of folders elsewhere, as s3://bucket/reports: the rooms that stand for them, listings.

A room is a folder of the workspace: `fetched/ID/files`. Each file of the address has its place in
it, whether it is there just now or not, so that all who know folders and paths know these, too.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.discovery.discover import DiskEntry
from rag.storage.files.folder import FETCHED_NAME
from rag.storage.images.server import FileServer, RemoteEntry, RemoteError, checked_address

_FILES: Final = "files"
_COMING: Final = "coming"
_ADDRESS: Final = "address"
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_OF_THIS_MACHINE: Final = "file://"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRoom:
    """What stands for an address. `root` holds the files, `coming` those that are being fetched."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / _FILES

    @property
    def coming(self) -> Path:
        return self.folder / _COMING

    @property
    def address(self) -> str:
        return (self.folder / _ADDRESS).read_text("utf-8")


def folder_at(named: str | Path, workspace: Path) -> Path:
    """Return the folder that is meant: one of this machine, or the room of an address.

    The room is made where it is not there yet. Raises SettingsError for an address with a password,
    or with nothing behind the name of its kind.
    """
    text = os.fspath(named)
    if not is_address(named):
        return Path(text.removeprefix(_OF_THIS_MACHINE))
    address = checked_address(text)
    name = hashlib.sha256(address.encode()).hexdigest()[:16]
    room = RemoteRoom(folder=workspace.resolve() / FETCHED_NAME / name)
    room.root.mkdir(parents=True, exist_ok=True)
    (room.folder / _ADDRESS).write_text(address, "utf-8")
    return room.root


def is_address(named: str | Path) -> bool:
    """Tell whether this names a folder on no disk of this machine."""
    text = os.fspath(named)
    return _SCHEME.match(text) is not None and not text.startswith(_OF_THIS_MACHINE)


def room_of(folder: Path) -> RemoteRoom | None:
    """Return the room that a folder is the root of; None for a folder of this machine."""
    room = RemoteRoom(folder=folder.parent)
    is_one = folder.name == _FILES and folder.parent.parent.name == FETCHED_NAME
    return room if is_one and (room.folder / _ADDRESS).is_file() else None


def shown(folder: Path) -> str:
    """Return a folder as people know it: by its address where it is the root of a room."""
    room = room_of(folder)
    return os.fspath(folder) if room is None else room.address


NAME_BYTES: Final = 255
"""The longest name that the usual file systems take (ext4, XFS, APFS); a key of S3 has 1,024."""

NO_NAME: Final = "no file of a disk can have this name"
LONG_NAME: Final = f"a part of its name has more than {NAME_BYTES} bytes"
TWICE: Final = "a folder beside it has the same name"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePlace:
    """A path below the root of a room, taken apart."""

    room: RemoteRoom
    server: FileServer
    inside: str


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """Implements `DiskEntry`. `problem` says why no file here can stand for it; "" if one can."""

    path: str
    entry: RemoteEntry
    problem: str

    @property
    def name(self) -> str:
        return self.entry.name

    def is_symlink(self) -> bool:
        return False

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        del follow_symlinks
        return self.entry.is_folder and not self.problem

    def stat(self) -> os.stat_result:
        """Return what is known of it. Raises OSError where it has a problem."""
        if self.problem:
            raise OSError(errno.EINVAL, self.problem, self.path)
        return _as_stat(self.entry)


class RemoteListing:
    """Of one workspace. What was listed is remembered until its folder is listed again."""

    def __init__(self, workspace: Path) -> None:
        self._rooms = os.path.join(os.path.realpath(workspace), FETCHED_NAME, "")  # noqa: PTH118 - text that paths begin with
        self._servers: dict[str, FileServer] = {}
        self._opening = threading.Lock()
        self._listed: dict[str, dict[str, ListedEntry]] = {}

    def scandir(self, path: str, /) -> AbstractContextManager[Iterator[DiskEntry]]:
        """List a folder. Raises OSError, and RemoteError where the address can't be used."""
        place = self.place(path)
        if place is None:
            return os.scandir(path)
        found = place.server.folder(place.inside) if place.inside else place.server.root()
        folders = {entry.name for entry in found if entry.is_folder}
        entries = [  # of a file and a folder of one name, both
            ListedEntry(f"{path}/{entry.name}", entry, _problem(entry, folders)) for entry in found
        ]
        folders_first = sorted(entries, key=lambda entry: not entry.entry.is_folder)
        self._listed[path] = {entry.name: entry for entry in folders_first}
        return nullcontext(iter(entries))

    def stat(self, path: str, /) -> os.stat_result:
        """Tell of a file or folder, as it was when it was last listed. Raises as `scandir`."""
        place = self.place(path)
        if place is None:
            return os.stat(path)  # noqa: PTH116 - as it came
        if not place.inside:
            return os.stat(self._rooms)  # noqa: PTH116 - a folder
        folder, _, name = path.rpartition("/")
        if folder not in self._listed:
            return _as_stat(place.server.file(place.inside))
        if name not in self._listed[folder]:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._listed[folder][name].stat()

    def names(self, folder: Path) -> list[str]:
        """Return the files of a folder that was listed; none of any other."""
        listed = self._listed.get(os.fspath(folder), {})
        return [entry.name for entry in listed.values() if not entry.entry.is_folder]

    def place(self, path: str) -> RemotePlace | None:
        """Take a path at or below the root of a room apart; None for any other."""
        if not path.startswith(self._rooms):
            return None
        name, _, rest = path.removeprefix(self._rooms).partition("/")
        room = RemoteRoom(folder=Path(self._rooms) / name)
        top, _, inside = rest.partition("/")
        if top != room.root.name:
            return None
        return RemotePlace(room=room, server=self._server(room), inside=inside.rstrip("/"))

    def _server(self, room: RemoteRoom) -> FileServer:
        name = room.folder.name
        with self._opening:
            if name not in self._servers:
                try:
                    address = room.address
                except OSError as error:
                    unknown = f"{room.folder} does not say what it was fetched from."
                    raise RemoteError(unknown) from error
                self._servers[name] = FileServer(address)
            return self._servers[name]


def _problem(entry: RemoteEntry, folders: set[str]) -> str:
    name = entry.name.strip("/")
    if not name or name in {".", ".."} or any(letter in name for letter in "/\0"):
        return NO_NAME
    if len(name.encode(errors="replace")) > NAME_BYTES:
        return LONG_NAME
    return TWICE if not entry.is_folder and entry.name in folders else ""


def _as_stat(entry: RemoteEntry) -> os.stat_result:
    mode = stat.S_IFDIR | 0o700 if entry.is_folder else stat.S_IFREG | 0o600
    times = [entry.mtime_ns // 1_000_000_000] * 3
    exact = {"st_mtime_ns": entry.mtime_ns, "st_ctime_ns": 0}
    return os.stat_result((mode, 0, 0, 1, 0, 0, entry.size_bytes, *times), exact)
