"""Addresses of folders elsewhere, as s3://bucket/reports, and the rooms that stand for them.

A room is a folder of the workspace: `fetched/ID/files`. Each file of the address has its place in
it, whether it is there just now or not, so that all who know folders and paths know these, too.
Knows names and paths; asks no server.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.storage.files.folder import FETCHED_NAME
from rag.storage.images.server import checked_address

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
    if _SCHEME.match(text) is None:
        return Path(named)
    if text.startswith(_OF_THIS_MACHINE):
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
