"""Unit rows by id in one matrix, so that a question is compared with all in one product.

Knows ids and numbers; knows no store, and not where the matrix lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.storage.vectors.rooms import MemoryRoom, Room
from rag.storage.vectors.row_sums import RowSums
from rag.storage.vectors.sketch import Sketch

Row = NDArray[np.float32]
Places = Sequence[int] | NDArray[np.intp] | None
"""Of which rows; None for all."""

MOST_COMPARED: Final = 50_000
"""Up to so many rows a search compares all: 8 ms of one core at most, and none is missed."""

MOST_ID_BYTES: Final = 64


class UnitRows:
    """A mapping of ids to rows of shape (dim,). Not for several threads at a time.

    It takes in what lies in the room already. `all_compared` is up to how many rows a search
    compares all. What opens or looks at rows raises DamagedRowsError where they are not those that
    were put.
    """

    def __init__(
        self, dim: int, *, room: Room | None = None, all_compared: int = MOST_COMPARED
    ) -> None:
        self._dim = dim
        self._room = room or MemoryRoom()
        self._all_compared = all_compared
        self._sums = RowSums(self._room)
        self._ids = self._ids_kept()
        self._places = {key: place for place, key in enumerate(self._ids)}
        self._sketch = Sketch(self._room, dim)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def ids(self) -> set[str]:
        return set(self._ids)

    def unfinished(self) -> list[str]:
        """Return the ids, each once, whose rows were being written when the program ended."""
        return list(dict.fromkeys(self._room.unfinished()))

    def begin(self, ids: Sequence[str]) -> None:
        """Note that rows of these ids are to be put or dropped; those at the end may be moved."""
        self._room.begin([*ids, *self._ids[len(self._ids) - min(len(ids), len(self._ids)) :]])

    def end(self) -> None:
        """Note that what was begun is done. Of many rows the sketch is made by who writes."""
        self._make_sketch()
        self._room.end()

    def put(self, rows: Mapping[str, Row]) -> None:
        """Take rows in, in place of those of the same ids.

        Raises ValueError for an id of more than `MOST_ID_BYTES` bytes.
        """
        if not rows:
            return
        places = np.array([self._place_for(key) for key in rows], dtype=np.intp)
        matrix = np.stack(list(rows.values()))
        self._matrix(len(self._ids))[places] = matrix
        self._sketch.put(places, matrix)
        names = [key.encode() for key in rows]
        self._sums.put(places.tolist(), names, matrix)
        self._names(len(self._ids))[places, 0] = names

    def drop(self, ids: Iterable[str]) -> None:
        """Forget those of `ids` that are there; the last row takes the place of each."""
        for key in ids:
            place = self._places.pop(key, None)
            if place is None:
                continue
            last = self._ids.pop()
            if last != key:
                self._move(last, place)
            self._sums.move(len(self._ids), None if last == key else place)
            self._names(0)[len(self._ids), 0] = b""

    def check(self) -> None:
        """Hold every row against what was put, and make what is derived of them anew."""
        self._sums.doubt()
        self._check_all()
        if self._sketch.is_made:
            self._sketch.make(self._matrix(0)[: len(self._ids)])

    def of(self, ids: Iterable[str]) -> dict[str, Row]:
        """Return copies of the rows of those of `ids` that are there."""
        known = [key for key in ids if key in self._places]
        return dict(zip(known, self._looked_up([self._places[key] for key in known]), strict=True))

    def cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        """Return those with the rows of `ids` that are there. `vector` is (1, dim)."""
        known = [key for key in ids if key in self._places]
        scores: list[float] = self._scores(vector, [self._places[key] for key in known]).tolist()
        return dict(zip(known, scores, strict=True))

    def nearest(self, vector: Matrix, *, k: int) -> list[tuple[str, float]]:
        """Return the `k` best of all as (id, cosine), best first, ties by id.

        Of many rows those are compared that can be among them (`Sketch`).
        """
        if k < 1 or not self._ids:
            return []
        places = self._likely(vector, k)
        scores = self._scores(vector, places)  # (n,)
        if k < len(scores):
            best = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        else:
            best = np.arange(len(scores))
        found = [(self._ids[n if places is None else places[n]], float(scores[n])) for n in best]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _likely(self, vector: Matrix, k: int) -> NDArray[np.intp] | None:
        """Return the places to compare; None for all."""
        count = len(self._ids)
        if count <= self._all_compared:
            return None
        self._make_sketch()
        return self._sketch.likeliest(vector, count=count, k=k)

    def _make_sketch(self) -> None:
        count = len(self._ids)
        if count > self._all_compared and not self._sketch.is_made:
            self._sketch.make(self._matrix(0)[:count])

    def _ids_kept(self) -> list[str]:
        names = self._names(0)[:, 0]
        kept: list[bytes] = names[: np.flatnonzero(names != b"").max(initial=-1) + 1].tolist()
        self._sums.open(kept, lambda: self._matrix(len(kept))[: len(kept)])
        return [name.decode(errors="replace") for name in kept]

    def _check_all(self) -> None:
        count = len(self._ids)
        self._sums.check(np.arange(count), self._ids, self._matrix(count)[:count])

    def _scores(self, vector: Matrix, places: Places) -> Row:
        if places is None:
            self._check_all()
        compared = self._matrix(0)[: len(self._ids)] if places is None else self._looked_up(places)
        scores: Row = np.asarray(compared @ vector.reshape(-1))
        return scores

    def _looked_up(self, places: Sequence[int] | NDArray[np.intp]) -> Matrix:
        """Return copies of rows. Of many, none is left in memory: each search reads others."""
        rows: Matrix = np.array(self._matrix(0)[places], dtype=np.float32).reshape(-1, self._dim)
        self._sums.check(places, self._ids, rows)
        if len(self._ids) > self._all_compared:
            self._room.unload("rows")
        return rows

    def _move(self, key: str, place: int) -> None:
        row = self._matrix(0)[len(self._ids)]
        self._matrix(0)[place] = row
        self._sketch.put(np.array([place]), row[np.newaxis])
        self._names(0)[place, 0] = key.encode()
        self._ids[place] = key
        self._places[key] = place

    def _place_for(self, key: str) -> int:
        if len(key.encode()) > MOST_ID_BYTES:
            raise ValueError(f"an id of more than {MOST_ID_BYTES} bytes: {key}")
        if key not in self._places:
            self._places[key] = len(self._ids)
            self._ids.append(key)
        return self._places[key]

    def _matrix(self, rows: int) -> Matrix:
        return self._room.array("rows", rows=rows, width=self._dim, dtype="<f4")

    def _names(self, rows: int) -> NDArray[np.bytes_]:
        return self._room.array("ids", rows=rows, width=1, dtype=f"S{MOST_ID_BYTES}")
