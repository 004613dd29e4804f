"""The first pass over many rows: their most telling directions alone, of which few are compared.

Rows are turned to the axes along which they differ most (principal components), and the first of
them kept apart: a product over these says which rows can be among the nearest, whose exact cosines
are then worked out. Knows rows by their place; knows no ids and no store.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.vectors.rooms import Room
from rag.protocols import Matrix

AXES: Final = 128
"""So many of 384 directions hold 83 % of what MiniLM's rows are; of 64 recall falls by a tenth."""

SHARE: Final = 0.01
LEAST_KEPT: Final = 2000
TIMES_ASKED: Final = 10
"""The share of the rows whose exact cosines are worked out, and at least so many, and so many
times as are asked for: then .997 of the nearest 100 are found (see benchmarks/LOG.md)."""

SAMPLE: Final = 20_000
"""Rows by which the axes are chosen."""

OUTGROWN: Final = 4
"""The axes are chosen anew when there are so many times as many rows."""

_BLOCK: Final = 50_000


class Heads:
    """The first numbers of rows along the axes of all. Not for several threads at a time."""

    def __init__(self, room: Room, dim: int) -> None:
        self._room = room
        self._dim = dim
        self._width = min(AXES, dim)
        self._fitted: NDArray[np.int64] = room.array("fitted", rows=1, width=1, dtype="<i8")

    def suit(self, count: int) -> bool:
        """Whether the axes were chosen by about so many rows."""
        fitted = int(self._fitted[0, 0])
        return fitted > 0 and count < OUTGROWN * fitted

    def fit(self, rows: Matrix) -> None:
        """Choose the axes by these rows, shape (n, dim), and take all of them in."""
        some = np.asarray(rows[:: max(1, len(rows) // SAMPLE)])
        _, vectors = np.linalg.eigh(some.T @ some)  # ascending
        self._fitted[0, 0] = 0  # cut off here, they are chosen again
        self._axes[:] = vectors[:, ::-1][:, : self._width]
        heads = self._heads(len(rows))
        for start in range(0, len(rows), _BLOCK):
            heads[start : start + min(_BLOCK, len(rows) - start)] = (
                rows[start : start + _BLOCK] @ self._axes
            )
        self._fitted[0, 0] = len(rows)

    def put(self, place: int, row: NDArray[np.float32]) -> None:
        if self._fitted[0, 0]:
            self._heads(place + 1)[place] = row @ self._axes

    def likeliest(self, vector: Matrix, *, count: int, k: int) -> NDArray[np.intp]:
        """Return the places, of the first `count`, that can be among the `k` nearest."""
        kept = max(TIMES_ASKED * k, LEAST_KEPT, int(SHARE * count))
        if kept >= count:
            return np.arange(count)
        scores = self._heads(count)[:count] @ (vector.reshape(-1) @ self._axes)
        return np.argpartition(scores, -kept)[-kept:]

    @property
    def _axes(self) -> Matrix:
        axes: Matrix = self._room.array("axes", rows=self._dim, width=self._width, dtype="<f4")
        return axes[: self._dim]

    def _heads(self, rows: int) -> Matrix:
        return self._room.array("heads", rows=rows, width=self._width, dtype="<f4")
