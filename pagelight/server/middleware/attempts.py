"""How soon somebody may try a password again: longer after each failure. Knows a clock and keys."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

FREE: Final = 5
"""So many slips cost no wait."""

MAX_WAIT_S: Final = 300.0
FORGOTTEN_S: Final = 3600.0
"""After so long without a failure all is as before."""

MAX_KEPT: Final = 10_000
"""Names and addresses that are remembered; those that failed longest ago go first."""

_MAX_DOUBLINGS: Final = 16


class Attempts:
    """Failures by key: a name from an address. `now` is a clock in seconds."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failed)

    def wait_s(self, key: str) -> float:
        """Return the seconds until one may try again; 0 where one may."""
        doublings = self._count(key) - FREE
        if doublings < 0:
            return 0.0
        wait_s = min(MAX_WAIT_S, 2.0 ** min(doublings, _MAX_DOUBLINGS))
        return max(0.0, self._failed[key][1] + wait_s - self._now())

    def fail(self, key: str) -> None:
        self._failed[key] = (self._count(key) + 1, self._now())
        self._failed.move_to_end(key)
        while len(self._failed) > MAX_KEPT:
            self._failed.popitem(last=False)

    def succeed(self, key: str) -> None:
        """Forget the failures."""
        self._failed.pop(key, None)

    def _count(self, key: str) -> int:
        count, failed_s = self._failed.get(key, (0, 0.0))
        return count if self._now() - failed_s < FORGOTTEN_S else 0
