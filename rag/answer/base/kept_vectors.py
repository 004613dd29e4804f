"""Vectors of texts that were embedded before, by key. Knows no model and no text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix

Key = TypeVar("Key")


class KeptVectors(Generic[Key]):
    """Keeps the vectors of the `most` keys that came last. Any thread may call.

    Embedding is not waited for by others: two threads that lack one vector may both make it.
    """

    def __init__(self, embed: Callable[[Sequence[str]], Matrix], *, most: int) -> None:
        self._embed = embed
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, NDArray[np.float32]] = OrderedDict()

    def rows(self, texts: Mapping[Key, str], keys: Sequence[Key]) -> Matrix:
        """Return the unit row of each of `keys`, shape (n, dim); `texts` has what each says."""
        with self._lock:
            held = {key: self._kept[key] for key in texts if key in self._kept}
        new = [key for key in texts if key not in held]
        made = self._embed([texts[key] for key in new])  # (new, dim)
        held |= zip(new, made, strict=True)
        with self._lock:
            self._kept.update((key, held[key]) for key in new)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.stack([held[key] for key in keys])
