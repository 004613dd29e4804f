"""Answers that go on for long end with the right to them: who signed out reads no more.

Pure ASGI; knows neither sessions nor passwords.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

CHECKED_S: Final = 10.0
"""So often it is asked anew; what streams here is never silent for much longer."""


class OverError(OSError):
    """Raised to who goes on answering after the end: as where a browser has gone."""


class Lasting:
    """Sends on, until `may_stay` says no. `now` is a clock in seconds."""

    def __init__(
        self,
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
        may_stay: Callable[[], Awaitable[bool]],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_over = False
        self._send = send
        self._may_stay = may_stay
        self._now = now
        self._checked_s = now()

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        goes_on = message.get("more_body", False)
        if goes_on and self._now() - self._checked_s >= CHECKED_S:
            self._checked_s = self._now()
            self.is_over = not await self._may_stay()
            if self.is_over:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if self.is_over:
            raise OverError
        await self._send(message)
