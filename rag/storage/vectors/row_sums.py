"""Checksums of rows, so that what changed on the disk is never taken for what was written.

Of each row there are two: of its id, and of id and numbers. Knows a room, ids and rows; knows
nothing of where they come from.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.storage.vectors.rooms import Room

Places = Sequence[int] | NDArray[np.intp]


class DamagedRowsError(Exception):
    """Raised where a row is not the one that was written: all are to be taken anew."""


class RowSums:
    """Those of the rows in a room; of one that is not `checked` none are kept, and all is right.

    A row is held against its sum the first time that it is looked at.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._sure = np.zeros(0, dtype=np.bool_)

    def open(self, ids: Sequence[bytes], rows: Callable[[], Matrix]) -> None:
        """Check the ids that lie in the room, in order. Raises DamagedRowsError.

        Rows of a version that kept no sums get them. Those that were being written when the
        program ended are not checked: they are written again.
        """
        if not self._room.checked or not ids or self._room.unfinished():
            return
        sums = self._sums(0)[:, 0]
        if not sums.any():
            self.put(range(len(ids)), ids, rows())
        elif sums[: len(ids)].tolist() != list(map(zlib.crc32, ids)) or sums[len(ids) :].any():
            raise DamagedRowsError

    def put(self, places: Places, ids: Iterable[bytes], rows: Matrix) -> None:
        """Keep the sums of rows, shape (n, dim), that are written now."""
        if not self._room.checked:
            return
        sums = self._sums(max(places) + 1)
        for place, key, row in zip(places, ids, rows, strict=True):
            sums[place] = zlib.crc32(key), _sum(key, row)

    def move(self, place: int, to: int | None) -> None:
        """Let a row lie elsewhere; `to` None: nowhere."""
        if self._room.checked:
            sums = self._sums(0)
            if to is not None:
                sums[to] = sums[place]
                self._sure[to : to + 1] = False
            sums[place] = 0

    def check(self, places: Places, ids: Sequence[str], rows: Matrix) -> None:
        """Hold rows, those at `places` of all `ids`, against their sums, unless that was done.

        Raises DamagedRowsError.
        """
        if not self._room.checked:
            return
        if len(self._sure) < len(ids):
            self._sure = np.pad(self._sure, (0, len(ids) - len(self._sure)))
        asked = np.asarray(places, dtype=np.intp)
        sums = self._sums(len(ids))
        for number in np.flatnonzero(~self._sure[asked]).tolist():
            place = asked[number]
            if sums[place, 1] != _sum(ids[place].encode(), rows[number]):
                raise DamagedRowsError
        self._sure[asked] = True

    def doubt(self) -> None:
        """Let each row be checked once more."""
        self._sure[:] = False

    def _sums(self, rows: int) -> NDArray[np.uint32]:
        return self._room.array("sums", rows=rows, width=2, dtype="<u4")


def _sum(key: bytes, row: NDArray[np.float32]) -> int:
    return zlib.crc32(np.ascontiguousarray(row).data, zlib.crc32(key))
