"""What was made before, by key. Knows no model and no text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")
Given = TypeVar("Given")
Value = TypeVar("Value")


class KeptResults(Generic[Key, Given, Value]):
    """Keeps what was made for the latest keys. Any thread may call; two may make the same."""

    def __init__(
        self, make: Callable[[Sequence[Given]], Sequence[Value]], *, max_kept: int
    ) -> None:
        self._make = make
        self._max_kept = max_kept
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
            while len(self._kept) > self._max_kept:
                self._kept.popitem(last=False)
        return held
