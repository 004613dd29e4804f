"""Rows of vectors that another process writes, read where they lie.

The writer leaves a mark each time it has written; who reads takes in what changed once the mark is
another one. Knows files, ids and arrays; knows no Chroma.
"""

from __future__ import annotations

import bisect
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.storage.vectors.rooms import FolderRoom
from rag.storage.vectors.sketch import Sketch
from rag.storage.vectors.unit_rows import MOST_ID_BYTES, UnitRows

MARK_NAME: Final = "written"


class WrittenMark:
    """A short text in a folder of vectors that is another one after each change of them.

    It holds how many there are then.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK_NAME

    def read(self) -> str:
        """Return it; "" where there is none, as while the folder is exchanged for another."""
        try:
            return self._path.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def count(self) -> int:
        """Return how many rows there were when it was made; -1 where that is not known."""
        told = self.read().rpartition(" ")[2]
        return int(told) if told.isdecimal() else -1

    def renew(self, count: int) -> None:
        fresh = self._path.with_name(f"{MARK_NAME}.new")
        fresh.write_text(f"{secrets.token_hex(8)} {count}", encoding="ascii")
        fresh.replace(self._path)


class WrittenRoom(FolderRoom):
    """Arrays that another process keeps in a folder, as they are there; a change stays in memory.

    What is not there, or is too short, is in memory alone. Nothing is checked: who writes does so.
    """

    checked = False

    def begin(self, keys: Sequence[str]) -> None: ...
    def end(self) -> None: ...
    def unfinished(self) -> list[str]:
        return []

    def unload(self, name: str) -> None: ...  # a change would be lost with it
    def clear(self) -> None:
        self.let_go()

    def _mapped(self, name: str, *, rows: int, width: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        file = self._folder / f"{name}.bin"
        there = file.stat().st_size // (width * dtype.itemsize) if file.exists() else 0
        if there < max(rows, 1):
            return np.zeros((rows, width), dtype=dtype)
        return np.memmap(file, dtype=dtype, mode="c", shape=(there, width))


class FollowedRows(UnitRows):
    """The rows in a folder, as they were when `renew` was called last."""

    def __init__(self, dim: int, folder: Path) -> None:
        self._mapped_room = WrittenRoom(folder)
        super().__init__(dim, room=self._mapped_room)
        self._kept = self._ids_written()

    def renew(self) -> None:
        """Take in what was written since: the ids are compared (.03 s for a million)."""
        self._mapped_room.let_go()
        now, before = self._ids_written(), self._kept
        both = min(len(now), len(before))
        changed = np.flatnonzero((now[:both] != before[:both]).any(axis=1)).tolist()
        for place in (*changed, *range(both, len(before))):
            if self._places.get(self._ids[place]) == place:
                del self._places[self._ids[place]]
        del self._ids[len(now) :]
        self._ids += [""] * (len(now) - len(self._ids))
        names = self._names(0)[:, 0]
        for place in (*changed, *range(both, len(now))):
            self._ids[place] = names[place].decode(errors="replace")
            self._places[self._ids[place]] = place
        self._sketch = Sketch(self._room, self._dim)
        self._kept = now

    def _ids_written(self) -> NDArray[np.uint64]:
        """Return a copy of the ids as numbers, shape (n, 8): those are compared quickly."""
        names = self._names(0)[:, 0]
        count = bisect.bisect_left(range(len(names)), x=True, key=lambda n: names[n] == b"")
        return names[:count].view("<u8").reshape(count, MOST_ID_BYTES // 8).copy()
