"""Where arrays of rows lie: in memory, or in files that are mapped into it.

What is mapped is read from the disk as far as it is looked at, and given back when memory is
short. Knows arrays and files; knows no ids and no Chroma.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.decoding import decoded

LEAST_ROWS: Final = 64
"""Rows for which there is room at first; half as many again are added when it is full."""

_BLOCK_BYTES: Final = 1 << 20
_WRITING: Final = "writing.json"


class Room(Protocol):
    """Keeps arrays by name. Not for several threads at a time.

    `checked`: what lies there may have changed since it was written, and is held against sums.
    """

    @property
    def checked(self) -> bool: ...
    def array(self, name: str, *, rows: int, width: int, dtype: str) -> NDArray[Any]:
        """Return the array with room for so many rows: what was in it stays, what is new is 0."""
        ...

    def unload(self, name: str) -> None:
        """Give back the memory of what was looked at of an array; it is read again when needed."""
        ...

    def begin(self, keys: Sequence[str]) -> None:
        """Note that the rows of these keys are being written."""
        ...

    def end(self) -> None:
        """Note that they are, all of them."""
        ...

    def unfinished(self) -> list[str]:
        """Return the keys that were being written when the program ended."""
        ...

    def clear(self) -> None:
        """Forget all arrays. Those that were given out are not to be used any more."""
        ...


class MemoryRoom:
    """Arrays in memory, gone with the program. Implements `Room`."""

    checked = False

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}

    def array(self, name: str, *, rows: int, width: int, dtype: str) -> NDArray[Any]:
        known = self._arrays.get(name)
        if known is None or len(known) < rows:
            wider = np.zeros((_room_for(rows), width), dtype=dtype)
            if known is not None:
                wider[: len(known)] = known
            self._arrays[name] = wider
        return self._arrays[name]

    def unload(self, name: str) -> None: ...
    def begin(self, keys: Sequence[str]) -> None: ...
    def end(self) -> None: ...
    def unfinished(self) -> list[str]:
        return []

    def clear(self) -> None:
        self._arrays.clear()


class FolderRoom:
    """Arrays in files of a folder, mapped. Implements `Room`.

    All raise OSError where the disk is full or can't be read: room is taken before it is written
    to, as a full disk ends the program when a mapped page has no place on it.
    """

    checked = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._arrays: dict[str, NDArray[Any]] = {}

    def exists(self) -> bool:
        return self._folder.is_dir()

    def array(self, name: str, *, rows: int, width: int, dtype: str) -> NDArray[Any]:
        known = self._arrays.get(name)
        if known is None or len(known) < rows:
            self._arrays.pop(name, None)
            del known  # a file that is mapped can't be made longer everywhere
            self._arrays[name] = self._mapped(name, rows=rows, width=width, dtype=np.dtype(dtype))
        return self._arrays[name]

    def unload(self, name: str) -> None:
        file = getattr(self._arrays.get(name), "base", None)
        if isinstance(file, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            file.madvise(mmap.MADV_DONTNEED)  # what was written is the file's, and stays

    def begin(self, keys: Sequence[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / _WRITING).open("w", encoding="utf-8") as note:
            json.dump(list(keys), note)
            note.flush()
            os.fsync(note.fileno())

    def end(self) -> None:
        for array in self._arrays.values():
            if isinstance(array, np.memmap):
                array.flush()
        (self._folder / _WRITING).unlink(missing_ok=True)

    def unfinished(self) -> list[str]:
        note = self._folder / _WRITING
        if not note.exists():
            return []
        try:
            return decoded(note.read_bytes(), list[str])
        except ValueError:  # cut while it was written itself: nothing else was begun
            return []

    def clear(self) -> None:
        self._arrays.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def let_go(self) -> None:
        """Use the files no more that are there now: others may take their place."""
        self._arrays.clear()

    def _mapped(self, name: str, *, rows: int, width: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        file = self._folder / f"{name}.bin"
        row_bytes = width * dtype.itemsize
        there = file.stat().st_size if file.exists() else 0
        if not there or there < rows * row_bytes:
            _lengthen(file, _room_for(rows) * row_bytes)
        kept = file.stat().st_size // row_bytes
        return np.memmap(file, dtype=dtype, mode="r+", shape=(kept, width))


def _room_for(rows: int) -> int:
    return max(LEAST_ROWS, rows + rows // 2)


def _lengthen(file: Path, size_bytes: int) -> None:
    """Add zeros, written so that the disk has the place for what is mapped there later."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as out:
        while (lacking := size_bytes - out.tell()) > 0:
            out.write(bytes(min(lacking, _BLOCK_BYTES)))
