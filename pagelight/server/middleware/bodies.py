"""How much of a request is read, and how long it is waited for: its head and its body.

One limit holds for every route, before anything of a body is read; where files come, it is that of
the largest, and the route has its own. h11 limits how long a head is.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pagelight.server.middleware.headers import refuse
from pagelight.ui.language import key, known

MAX_BYTES: Final = 8_000_000
"""Of what is no file: words, a long conversation, a photograph of some megabytes within it."""

SILENT_S: Final = 60.0
"""So long the next piece of a body is waited for."""

_FILES: Final = ("/library/files/", "/gradio_api/upload")
_GONE: Final = {"type": "http.disconnect"}
_CLOSE: Final = (b"connection", b"close")

TOO_LONG: Final = key("A request here has at most {n} bytes.")
TOO_SLOW: Final = key("The request did not come to its end.")


class Bodies:
    """Wraps an app: it reads no more of a request than the limit, and waits for none for ever."""

    def __init__(self, app: ASGIApp, *, file_bytes: int, silent_s: float = SILENT_S) -> None:
        """`file_bytes` may come where files do."""
        self._app = app
        self._file_bytes = file_bytes
        self._silent_s = silent_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._file_bytes if scope["path"].startswith(_FILES) else MAX_BYTES
        reading = _Reading(receive, send, max_bytes=most, silent_s=self._silent_s)
        if int(Headers(scope=scope).get("content-length") or 0) > most:
            reading.refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        else:
            await self._answered(scope, reading)
        if reading.refused and not reading.is_answered:
            why = TOO_SLOW if reading.refused == HTTPStatus.REQUEST_TIMEOUT else TOO_LONG
            await refuse(scope, send, reading.refused, known(why).format(n=f"{most:,}"), _CLOSE)

    async def _answered(self, scope: Scope, reading: _Reading) -> None:
        """Let the app answer; what it makes of a body that breaks off is nobody's to know."""
        try:
            await self._app(scope, reading.receive, reading.send)
        except Exception:
            if not reading.refused:
                raise


class _Reading:
    """A request that is read, and its answer. `refused` is the status of why it is read no more."""

    def __init__(self, receive: Receive, send: Send, *, max_bytes: int, silent_s: float) -> None:
        self.refused = 0
        self.is_answered = False
        self._receive = receive
        self._send = send
        self._left_bytes = max_bytes
        self._silent_s = silent_s
        self._is_whole = False

    async def receive(self) -> Message:
        """Return the next piece; where there may be no more, it is as if the sender had gone."""
        if self._is_whole:  # nothing comes but that the sender goes, which may take long
            return await self._receive()
        if self.refused:
            return dict(_GONE)
        try:
            async with asyncio.timeout(self._silent_s):
                message = await self._receive()
        except TimeoutError:
            self.refused = HTTPStatus.REQUEST_TIMEOUT
            return dict(_GONE)
        self._left_bytes -= len(message.get("body", b""))
        if self._left_bytes < 0:
            self.refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return dict(_GONE)
        self._is_whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send on, unless it is what the app makes of a body that was cut off."""
        if self.is_answered or not self.refused:
            self.is_answered = True
            await self._send(message)


class TimedProtocol(H11Protocol):
    """Ends a connection whose next request does not begin, with all its headers, in time."""

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
