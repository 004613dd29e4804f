"""The first passes over many rows: a bit for each of their numbers, then a byte, of which few stay.

Rows are turned by one chance rotation, so that no number tells more than another. Of each the signs
are kept (48 bytes of 384 numbers) and, apart, the numbers as bytes. A question is compared with the
signs of all rows; of the likeliest, with their bytes; what is left, exactly (Gao and Long, RaBitQ,
SIGMOD 2024, show why signs after a rotation tell so much). Knows rows by their place; knows no ids
and no store.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.storage.vectors.rooms import Room

SHARE: Final = 0.04
LEAST_BY_BYTES: Final = 8000
TIMES_BY_BYTES: Final = 40
"""The share of the rows that are compared by bytes, and at least so many, and so many times as are
asked for: then .997 of the nearest 100 are among them (see benchmarks/LOG.md)."""

TIMES_EXACT: Final = 2
LEAST_EXACT: Final = 16
"""So many times as are asked for, and at least so many, are compared exactly: bytes are wrong by
.0005 of a cosine of 384 numbers, by ten times that of four."""

LARGE: Final = 1.0
"""A number of the question from so many times the usual on counts thrice, others once: two bits of
a number with normal distribution (Max, IRE Transactions on Information Theory 6, 1960)."""

REACH: Final = 4.5
"""A byte holds numbers of so many times the usual; larger ones are cut."""

_BLOCK: Final = 1024
"""Rows whose signs lie together: word by word, as they are counted."""

_AT_ONCE: Final = 8
"""Blocks of one step: they stay in the processor's cache."""

_COMPARED_AT_ONCE: Final = 512
"""As these do, turned to floats: a third of the time of all in one."""

_MADE_AT_ONCE: Final = 20_000

Bits = NDArray[np.uint64]


class Sketch:
    """The signs and bytes of rows of `dim` numbers. Not for several threads at a time."""

    def __init__(self, room: Room, dim: int) -> None:
        self._room = room
        self._dim = dim
        self._words = -(-dim // 64)
        self._usual = 1 / np.sqrt(dim)
        self._made: NDArray[np.int64] = room.array("sketched", rows=1, width=1, dtype="<i8")

    @property
    def is_made(self) -> bool:
        return bool(self._made[0, 0])

    def make(self, rows: Matrix) -> None:
        """Take these rows in, shape (n, dim), in place of all that was."""
        self._made[0, 0] = 0  # cut off here, all are taken in again
        chance = np.random.default_rng(0).standard_normal((self._dim, self._dim))
        self._turn[:] = np.linalg.qr(chance)[0]
        for start in range(0, len(rows), _MADE_AT_ONCE):
            some = rows[start : start + _MADE_AT_ONCE]
            self._keep(np.arange(start, start + len(some)), some)
        self._made[0, 0] = 1

    def put(self, places: NDArray[np.intp], rows: Matrix) -> None:
        """Take rows in, shape (n, dim), once there is a sketch."""
        if self.is_made and len(places):
            self._keep(places, rows)

    def likeliest(self, vector: Matrix, *, count: int, k: int) -> NDArray[np.intp]:
        """Return the places, of the first `count`, that can be among the `k` nearest."""
        turned: Matrix = vector.reshape(-1) @ self._turn
        places = self._by_signs(turned, count, max(TIMES_BY_BYTES * k, LEAST_BY_BYTES))
        exact = max(TIMES_EXACT * k, LEAST_EXACT)
        if exact >= len(places):
            return places
        scores = self._by_bytes(turned, places)
        return places[np.argpartition(scores, -exact)[-exact:]]

    def _by_bytes(self, turned: Matrix, places: NDArray[np.intp]) -> Matrix:
        """Return what orders these places as their cosines would, shape (n,)."""
        numbers = self._bytes(int(places[-1]) + 1)
        scores = np.empty(len(places), dtype=np.float32)
        for start in range(0, len(places), _COMPARED_AT_ONCE):
            some = slice(start, start + _COMPARED_AT_ONCE)
            scores[some] = numbers[places[some]].astype(np.float32) @ turned
        return scores

    def _by_signs(self, turned: Matrix, count: int, least: int) -> NDArray[np.intp]:
        """Return the likeliest of all places, ascending: at least as many as are wished."""
        wished = max(least, int(SHARE * count))
        if wished >= count:
            return np.arange(count)
        far = self._far(turned, count)
        limit = np.searchsorted(np.cumsum(np.bincount(far)), wished)
        return np.flatnonzero(far <= limit)

    def _far(self, turned: Matrix, count: int) -> NDArray[np.uint16]:
        """Return by how many signs each differs, a large number's thrice; shape (count,)."""
        signs = self._signs(count)
        asked = _packed(turned[np.newaxis] > 0, self._words).T  # (words, 1)
        large = _packed(np.abs(turned)[np.newaxis] > LARGE * self._usual, self._words).T
        blocks = -(-count // _BLOCK)
        far = np.empty((blocks, _BLOCK), dtype=np.uint16)
        for start in range(0, blocks, _AT_ONCE):
            some = slice(start, min(start + _AT_ONCE, blocks))
            other = signs[some] ^ asked  # (n, words, block)
            np.bitwise_count(other).sum(axis=1, dtype=np.uint16, out=far[some])
            other &= large
            far[some] += 2 * np.bitwise_count(other).sum(axis=1, dtype=np.uint16)
        return far.reshape(-1)[:count]

    def _keep(self, places: NDArray[np.intp], rows: Matrix) -> None:
        turned = rows @ self._turn
        most = int(places.max()) + 1
        signs, numbers = self._signs(most), self._bytes(most)
        signs[places // _BLOCK, :, places % _BLOCK] = _packed(turned > 0, self._words)
        step = REACH * self._usual / 127
        numbers[places] = np.clip(np.rint(turned / step), -127, 127)

    def _signs(self, rows: int) -> Bits:
        """Return those of blocks of rows, shape (n, words, block)."""
        blocks = -(-rows // _BLOCK)
        width = self._words * _BLOCK
        kept: Bits = np.asarray(self._room.array("signs", rows=blocks, width=width, dtype="<u8"))
        return kept.reshape(-1, self._words, _BLOCK)

    def _bytes(self, rows: int) -> NDArray[np.int8]:
        return np.asarray(self._room.array("bytes", rows=rows, width=self._dim, dtype="i1"))

    @property
    def _turn(self) -> Matrix:
        turn = self._room.array("turn", rows=self._dim, width=self._dim, dtype="<f4")
        return np.asarray(turn)[: self._dim]


def _packed(bits: NDArray[np.bool_], words: int) -> Bits:
    """Return rows of bits, shape (n, dim), as words of 64, shape (n, words)."""
    wide = np.zeros((len(bits), 64 * words), dtype=np.bool_)
    wide[:, : bits.shape[1]] = bits
    return np.packbits(wide, axis=1).view(np.uint64)
