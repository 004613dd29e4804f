"""HTTP connections that are ended where nobody asks: uvicorn waits for a first request for ever.

By h11, which also limits how long the head of a request is; bodies have `access.bodies`.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol


class TimedProtocol(H11Protocol):
    """Ends a connection whose next request does not begin within `head_s`, with all its headers.

    Between two requests uvicorn itself waits 5 s for the first byte.
    """

    head_s: ClassVar[float] = 20.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_request()

    def _expect_request(self) -> None:
        self._expect_nothing()
        self._timer = self.loop.call_later(self.head_s, self._end_idle)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end_idle(self) -> None:
        if getattr(self.cycle, "response_complete", True):  # there is none before the first request
            self.transport.close()
