"""Unit rows by id in a file that only grows; a question is compared with all in one product.

A record is an id, its row and their checksum; a later one of the same id takes its place, one that
is marked as gone forgets it. What is written is never changed, so that other processes read it
meanwhile. Knows ids and numbers; knows no store.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.storage.files.folder import write_whole

Row = NDArray[np.float32]
Records = NDArray[np.void]

MAX_ID_BYTES: Final = 64
MARK_NAME: Final = "written"
_SEED: Final = 0x9E3779B9
"""Added to each checksum: a record of zeros has not that of zeros."""


class RowLog:
    """A mapping of ids to rows of shape (dim,). Not for several threads at a time.

    `is_whole` tells whether all records are as they were written: others are left out. What writes
    raises OSError where the disk is full.
    """

    def __init__(self, folder: Path, dim: int, *, count: int) -> None:
        """Take in the first `count` records of the file; -1: as many as there are."""
        self._file = folder / "rows.log"
        self._record = np.dtype(
            [("id", f"S{MAX_ID_BYTES}"), ("row", "<f4", (dim,)), ("gone", "<u4"), ("sum", "<u4")]
        )
        self._weights = np.random.default_rng(0).integers(
            0, 2**32, self._record.itemsize // 4 - 1, dtype=np.uint32
        ) | np.uint32(1)
        self._places: dict[str, int] = {}
        self._live: NDArray[np.intp] | None = None
        self._records: Records = np.zeros(0, dtype=self._record)
        self._inode = 0
        self.is_whole = True
        self._take_in(count)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def record_count(self) -> int:
        """How many records were taken in, also those that count no more."""
        return len(self._records)

    def ids(self) -> set[str]:
        return set(self._places)

    def check(self) -> bool:
        """Tell whether all records are still as they were written."""
        return self.is_whole and bool((self._sums(self._records) == self._records["sum"]).all())

    def follows(self, count: int) -> bool:
        """Take in what was written since, up to so many records; False where it can't go on."""
        try:
            is_same = self._file.stat().st_ino == self._inode
        except FileNotFoundError:
            return False
        if not is_same or count < len(self._records):
            return False
        self._take_in(count)
        return True

    # Writing

    def put(self, rows: Mapping[str, Row]) -> None:
        """Take rows in, or anew. Raises ValueError for an id of over `MAX_ID_BYTES` bytes."""
        for key in rows:
            if len(key.encode()) > MAX_ID_BYTES:
                raise ValueError(f"an id of more than {MAX_ID_BYTES} bytes: {key}")
        self._append(list(rows), np.stack([*rows.values()]) if rows else 0, gone=0)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget those of `ids` that are there."""
        self._append([key for key in dict.fromkeys(ids) if key in self._places], 0, gone=1)

    def _append(self, ids: Sequence[str], rows: Matrix | int, *, gone: int) -> None:
        if not ids:
            return
        records = np.zeros(len(ids), dtype=self._record)
        records["id"] = [key.encode() for key in ids]
        records["row"], records["gone"] = rows, gone
        records["sum"] = self._sums(records)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as out:
            out.truncate(self._records.nbytes)  # what a write that failed left behind
            out.write(records.tobytes())
            out.flush()
            os.fsync(out.fileno())
        self._take_in(len(self._records) + len(records))

    # Reading

    def of(self, ids: Iterable[str]) -> dict[str, Row]:
        """Return copies of the rows of those of `ids` that are there."""
        known = [key for key in ids if key in self._places]
        return dict(zip(known, self._rows_of(known), strict=True))

    def cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        """Return those with the rows of `ids` that are there. `vector` is (1, dim)."""
        known = [key for key in ids if key in self._places]
        scores: list[float] = (self._rows_of(known) @ vector.reshape(-1)).tolist()
        return dict(zip(known, scores, strict=True))

    def nearest(self, vector: Matrix, *, k: int) -> list[tuple[str, float]]:
        """Return the `k` best of all as (id, cosine), best first, ties by id."""
        if k < 1 or not self._places:
            return []
        if self._live is None:
            self._live = np.fromiter(self._places.values(), dtype=np.intp)
        scores = (self._records["row"] @ vector.reshape(-1))[self._live]  # (n,)
        best = np.arange(len(scores))
        if k < len(scores):
            best = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        names = self._records["id"][self._live[best]].tolist()
        found = zip((name.decode() for name in names), scores[best].tolist(), strict=True)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _rows_of(self, known: Sequence[str]) -> Matrix:
        rows: Matrix = np.asarray(self._records["row"])[[self._places[key] for key in known]]
        return rows

    def _take_in(self, count: int) -> None:
        """Map the file as it is by now, and take in its records behind those known."""
        try:
            status = self._file.stat()
        except FileNotFoundError:
            self.is_whole = count <= 0
            return
        there = status.st_size // self._record.itemsize
        before, self._inode = len(self._records), status.st_ino
        wanted = there if count < 0 else min(count, there)
        self.is_whole = self.is_whole and wanted >= count
        if wanted:
            self._records = np.memmap(self._file, dtype=self._record, mode="r", shape=(wanted,))
        new = self._records[before:]
        right = self._sums(new) == new["sum"]
        self.is_whole = self.is_whole and bool(right.all())
        entries = zip(new["id"].tolist(), new["gone"].tolist(), right.tolist(), strict=True)
        for place, (name, gone, is_right) in enumerate(entries, before):
            if gone and is_right:
                self._places.pop(name.decode(), None)
            elif is_right:
                self._places[name.decode()] = place
        self._live = None

    def _sums(self, records: Records) -> NDArray[np.uint32]:
        """Return the checksum of each record: a sum of its words, each weighed otherwise."""
        words: NDArray[Any] = records.view("<u4").reshape(-1, self._record.itemsize // 4)
        sums: NDArray[np.uint32] = words[:, :-1] @ self._weights + np.uint32(_SEED)
        return sums


class WrittenMark:
    """A text that is another one after each change of the rows; it tells their number."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK_NAME

    def read(self) -> str:
        """Return it; "" where there is none, as while the folder is exchanged for another."""
        try:
            return self._path.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def count(self) -> int:
        """Return the number of records; -1 where that is not known."""
        count = self.read().rpartition(" ")[2]
        return int(count) if count.isdecimal() else -1

    def renew(self, count: int) -> None:
        write_whole(self._path, f"{secrets.token_hex(8)} {count}".encode())
