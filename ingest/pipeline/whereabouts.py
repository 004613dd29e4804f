"""Whether the folders are where they were: on the disk at all, and on the same device as before.

Knows the paths of folders, and their devices (st_dev); knows no documents.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ingest.discovery.discover import Disk, FoundFile
from rag.storage.database.source_folders import Roots

Devices = Mapping[str, int]
"""The devices of folders that lie on another one than the folder around them; `""`: the root."""

NO_DEVICES: Final[Devices] = {}


class Whereabouts:
    """Where the folders of documents are. `former` are the devices that they were on."""

    def __init__(self, roots: Roots, former: Devices, disk: Disk) -> None:
        self._roots = roots
        self._former = former
        self._disk = disk

    def is_there(self, folder: str) -> bool:
        return self._disk_of(folder) is not None

    def is_away(self, source: str) -> bool:
        """Tell whether another device is now where a file is, or was."""
        now = next(filter(None, map(self._disk_of, around(source))), 0)
        before = _device_of(source, self._former)
        return bool(now and before) and now != before

    def now(self, found: Sequence[FoundFile], stay: Collection[str]) -> Devices:
        """Return the devices as they are; of what is to `stay` as they were."""
        now = {next(around(file.source)): file.device for file in found if file.device}
        devices: dict[str, int] = {}
        for folder, device in sorted(now.items()):
            if _device_of(f"{folder}/", devices) != device:
                devices[folder] = device
        folders = {folder for source in stay for folder in around(source)}
        return devices | {f: device for f, device in self._former.items() if f in folders}

    def _disk_of(self, folder: str) -> int | None:
        """Return the device of a folder that is there; of one on a server it is 0."""
        place = self._roots.place(f"{folder}/name".removeprefix("/"))
        try:
            return (
                None if place is None else self._disk.stat(os.fspath(Path(place[1]).parent)).st_dev
            )
        except OSError:
            return None


def _device_of(source: str, devices: Devices) -> int:
    return next((devices[folder] for folder in around(source) if folder in devices), 0)


def around(source: str) -> Iterator[str]:
    """Yield the folders that a source lies in, the inner ones first, the root (`""`) last."""
    while source:
        source = source.rpartition("/")[0]
        yield source
