"""What has to be known of somebody who is away at a provider: kept here, by a cookie of its own.

The cookie binds the way back to the browser that went: nobody is signed in as another by a link.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

LONGEST_S: Final = 600.0
MAX_AWAY: Final = 1000
"""So many may be away; who left first is forgotten first."""

Away = dict[str, Any]


class Journeys:
    """Those who are away. `now` is a clock in seconds."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._away: OrderedDict[str, tuple[float, Away]] = OrderedDict()

    def begin(self) -> tuple[str, Away]:
        """Return a new token, and what is kept by it: to be filled."""
        token, kept = secrets.token_urlsafe(32), Away()
        self._away[token] = (self._now(), kept)
        while len(self._away) > MAX_AWAY:
            self._away.popitem(last=False)
        return token, kept

    def end(self, token: str) -> Away | None:
        """Return what was kept, once; None for who was not away, or for too long."""
        begun_s, kept = self._away.pop(token, (0.0, None))
        return kept if kept is not None and self._now() - begun_s <= LONGEST_S else None
