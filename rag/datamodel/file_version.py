"""What the system tells of a file's content without opening it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import os

_LARGEST: Final = (1 << 63) - 1
"""SQLite's largest number; there are inodes beyond it."""

Version = tuple[int, int, int, int]
"""Size, time of change, time of the inode's change and inode: others may be other bytes.

The time of change can be set by anybody (cp -p, tar, rsync), that of the inode by nobody.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """A file as it was looked at. An `inode` of 0, and its time, are unknown, as on a server."""

    size_bytes: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0

    @property
    def version(self) -> Version:
        return self.size_bytes, self.mtime_ns, self.ctime_ns, self.inode


def version_fields(status: os.stat_result) -> dict[str, int]:
    """Return the fields of a `FileVersion`, by their names."""
    return {
        "size_bytes": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "inode": status.st_ino & _LARGEST,
    }


def version_of(status: os.stat_result) -> Version:
    return FileVersion(**version_fields(status)).version
