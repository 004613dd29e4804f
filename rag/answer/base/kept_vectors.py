"""What was made before, by key: of texts their vectors. Knows no model and no text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix

Key = TypeVar("Key")
Given = TypeVar("Given")
Value = TypeVar("Value")


class KeptResults(Generic[Key, Given, Value]):
    """Keeps what was made for the `most` keys that came last. Any thread may call.

    Making is not waited for by others: two threads that lack one value may both make it.
    """

    def __init__(self, make: Callable[[Sequence[Given]], Sequence[Value]], *, most: int) -> None:
        self._make = make
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def of(self, given: Mapping[Key, Given]) -> dict[Key, Value]:
        """Return what each that is given becomes, by its key."""
        with self._lock:
            held = {key: self._kept[key] for key in given if key in self._kept}
            for key in held:
                self._kept.move_to_end(key)
        new = [key for key in given if key not in held]
        made = self._make([given[key] for key in new])
        held |= zip(new, made, strict=True)
        with self._lock:
            self._kept.update((key, held[key]) for key in new)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return held


class KeptVectors(Generic[Key]):
    """Keeps the vectors of the `most` keys that came last, as `KeptResults` does."""

    def __init__(self, embed: Callable[[Sequence[str]], Matrix], *, most: int) -> None:
        self._kept = KeptResults[Key, str, NDArray[np.float32]](
            lambda texts: list(embed(texts)), most=most
        )

    def rows(self, texts: Mapping[Key, str], keys: Sequence[Key]) -> Matrix:
        """Return the unit row of each of `keys`, shape (n, dim); `texts` has what each says."""
        held = self._kept.of(texts)
        return np.stack([held[key] for key in keys])
