"""Files opened as what they were found as: ordinary files, at this very place, through no link.

Between the look at a folder and the reading of a file others may put a link, a pipe or another
folder in its place. Knows the system's calls; knows no format.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""A pipe without a writer would keep who opens it waiting for ever."""

_FOLDER: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_HELD: Final = Path("/proc/self/fd")


def open_regular(path: Path, *, below: Path | None = None) -> BufferedReader:
    """Open an ordinary file for reading, no matter who changes the folders meanwhile.

    No link is followed: not in its place, nor on the way to it from the folder `below` which it
    lies. Raises OSError for a link and for all that is no ordinary file.
    """
    descriptor = _opened(path, below)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is no ordinary file any more", os.fspath(path))


@contextmanager
def held(path: Path, *, below: Path | None = None) -> Iterator[Path]:
    """Open a file as `open_regular` does, and lend a path that leads to it and to no other.

    It does so for as long as it is lent, in this process. (Only Linux has such paths; elsewhere
    the file's own path is lent.) Raises OSError.
    """
    with open_regular(path, below=below) as file:
        place = _HELD / str(file.fileno())
        yield place if place.exists() else path


def name_of(path: Path) -> str:
    """Return the name of a file, also by a path that was lent by `held`."""
    return (path.readlink() if path.parent == _HELD else path).name


def _opened(path: Path, below: Path | None) -> int:
    if below is None or not path.is_relative_to(below):
        return os.open(path, _FILE)
    *folders, name = path.relative_to(below).parts
    at = os.open(below, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, _FILE, dir_fd=at)
    finally:
        os.close(at)
