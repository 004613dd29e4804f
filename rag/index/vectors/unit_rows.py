"""Unit rows by id in one matrix, so that a question is compared with all in one product.

Knows ids and numbers; knows no store and no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix

Row = NDArray[np.float32]

LEAST_ROOM: Final = 64
"""Rows for which there is room at first; it doubles when it is full."""


class UnitRows:
    """A mapping of ids to rows of shape (dim,). Not for several threads at a time."""

    def __init__(self, dim: int) -> None:
        self._ids: list[str] = []
        self._places: dict[str, int] = {}
        self._matrix: Matrix = np.empty((LEAST_ROOM, dim), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def ids(self) -> set[str]:
        return set(self._ids)

    def put(self, rows: Mapping[str, Row]) -> None:
        """Take rows in, in place of those of the same ids."""
        for key, row in rows.items():
            place = self._place_for(key)
            self._matrix[place] = row

    def drop(self, ids: Iterable[str]) -> None:
        """Forget those of `ids` that are there; the last row takes the place of each."""
        for key in ids:
            place = self._places.pop(key, None)
            if place is None:
                continue
            last = self._ids.pop()
            if last != key:
                self._matrix[place] = self._matrix[len(self._ids)]
                self._ids[place] = last
                self._places[last] = place

    def of(self, ids: Iterable[str]) -> dict[str, Row]:
        """Return copies of the rows of those of `ids` that are there."""
        return {key: self._matrix[self._places[key]].copy() for key in ids if key in self._places}

    def cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        """Return those with the rows of `ids` that are there. `vector` is (1, dim)."""
        known = [key for key in ids if key in self._places]
        rows = self._matrix[[self._places[key] for key in known]]  # (n, dim)
        scores: list[float] = (rows @ vector.reshape(-1)).tolist()  # (n,)
        return dict(zip(known, scores, strict=True))

    def nearest(self, vector: Matrix, *, k: int) -> list[tuple[str, float]]:
        """Return the `k` best of all as (id, cosine), best first, ties by id."""
        scores = self._matrix[: len(self._ids)] @ vector.reshape(-1)  # (n,)
        if not 0 < k < len(scores):
            best = np.arange(len(scores) if k > 0 else 0)
        else:
            best = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        found = [(self._ids[place], float(scores[place])) for place in best]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _place_for(self, key: str) -> int:
        if key not in self._places:
            if len(self._ids) == len(self._matrix):
                room = np.empty_like(self._matrix)
                self._matrix = np.concatenate([self._matrix, room])
            self._places[key] = len(self._ids)
            self._ids.append(key)
        return self._places[key]
