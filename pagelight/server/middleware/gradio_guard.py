"""The door of one person's chat: what of Gradio can be reached, and with which files. Pure ASGI.

Gradio fetches every address that it is given for a file, and a mounted chat copies any file of the
machine that a message names. So its paths are allowed by name, and a file is one of this person's
uploads or refused.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

from fastapi.concurrency import contextmanager_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pagelight.server.middleware import paths
from pagelight.server.middleware.asgi import NONCE
from pagelight.ui.language import explained
from rag.errors import LimitError, QuotaError

_GRADIO: Final = "/gradio_api/"
_FILE: Final = f"{_GRADIO}file="
_STARTUP: Final = f"{_GRADIO}startup-events"
_UPLOAD: Final = f"{_GRADIO}upload"
NOT_YOURS: Final = "This is none of your uploads."
_NAME: Final = "[^/]+"
_LOOKS: Final = (
    r"(assets|static|svelte)/.+|config/?|theme\.css|manifest\.json|favicon\.ico|robots\.txt"
)
_READ: Final = (
    rf"info/?|app_id/?|theme\.css|heartbeat/{_NAME}|queue/(data|status)|"
    rf"upload_progress|call/{_NAME}/{_NAME}|file=.+"
)
_SENT: Final = rf"queue/join|call/{_NAME}/?|run/{_NAME}/?|cancel|reset/?"

_CALL: Final = re.compile(rf"{_GRADIO}call/{_NAME}/({_NAME})")
"""Where a program reads the answer to a call."""

_TAB: Final = re.compile(rf"{_GRADIO}heartbeat/({_NAME})")
"""What a tab listens to as long as it is open."""

READABLE: Final = re.compile(rf"/({_LOOKS})|{_GRADIO}({_READ})")
"""What the page and Gradio's client get, beside the page itself."""

SENDABLE: Final = re.compile(rf"{_GRADIO}({_SENT})")
"""Where messages go: JSON."""


@dataclass(frozen=True, slots=True)
class GradioGuard:
    """Wraps one person's Gradio, whose uploads lie in `uploads`.

    `head` comes first in the page's own head: its scripts listen before there is anything to press.
    `on_upload` is told each file that has come whole, `on_answered` each call that was read,
    `on_left` each session whose tab is closed, or lost sight of us. `count` is told the bytes of an
    upload before it comes; raises QuotaError.
    """

    app: ASGIApp
    uploads: Uploads
    _: KW_ONLY
    head: str = ""
    on_upload: Callable[[Path], object] = lambda _: None
    on_answered: Callable[[str], object] = lambda _: None
    on_left: Callable[[str], object] = lambda _: None
    count: Callable[[int], object] = lambda _: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if method in {"GET", "HEAD"} and paths.is_page(path):
            await self._page(scope, receive, send)
        elif method == "GET" and path == _STARTUP:
            # They ran when the server started; run once more they would start a second queue.
            await JSONResponse(content=False)(scope, receive, send)
        elif method in {"GET", "HEAD"} and READABLE.fullmatch(path):
            await self._get(path, scope, receive, send)
        elif method == "POST" and path == _UPLOAD:
            await self._upload(scope, receive, send)
        elif method == "POST" and SENDABLE.fullmatch(path):
            await self._message(scope, receive, send)
        else:
            await _refusal(404, "Not Found")(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the page, which reads in its address what it is to show.

        Gradio adds a head of ours by a script, some time after the page can be used, and knows no
        nonces: its HTML, in which nobody's words stand unescaped, is changed as it is sent.
        """
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            body.extend(message.get("body", b""))

        asked = {**scope, "headers": headers, "path": paths.PAGE, "raw_path": paths.PAGE.encode()}
        await self.app(asked, receive, keep)
        answered = MutableHeaders(raw=list(start["headers"]))
        if answered.get("content-type", "").startswith("text/html"):
            html = marked(body.decode(), head=self.head, nonce=scope.get(NONCE, ""))
            body = bytearray(html.encode())
            answered["content-length"] = str(len(body))
        await send({**start, "headers": answered.raw})
        await send({"type": "http.response.body", "body": bytes(body)})

    async def _get(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; who has read a call to its end, or left, is told, also where they left before."""
        named = [path.removeprefix(_FILE)] if path.startswith(_FILE) else []
        if not await asyncio.to_thread(self._holds_all, named):
            await _refusal(403, NOT_YOURS)(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            if scope["method"] == "GET":
                if call := _CALL.fullmatch(path):
                    self.on_answered(call[1])
                if tab := _TAB.fullmatch(path):
                    self.on_left(tab[1])

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        announced = Headers(scope=scope).get("content-length", "")
        if not announced.isdigit():
            await _refusal(411, "An upload must tell its size.")(scope, receive, send)
            return
        try:
            await asyncio.to_thread(self.count, int(announced))
            async with contextmanager_in_threadpool(self.uploads.room(int(announced))):
                answer = bytearray()
                await self.app(scope, receive, _noting(send, answer))
            await asyncio.to_thread(self._tell, bytes(answer))
        except LimitError as error:
            await _refusal(413, explained(error))(scope, receive, send)
        except QuotaError as error:
            await _refusal(429, explained(error))(scope, receive, send)

    def _holds_all(self, named: Iterable[object]) -> bool:
        return all(map(self.uploads.holds, named))

    def _tell(self, answer: bytes) -> None:
        try:
            sent = json.loads(answer)
        except ValueError:  # it refused them, in its own words
            return
        for path in sent if isinstance(sent, list) else ():
            if self.uploads.holds(path):
                self.on_upload(Path(path))

    async def _message(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            message = json.loads(await Request(scope, receive).body())
        except ClientDisconnect:
            return
        except (ValueError, RecursionError):
            await _refusal(400, "This is no JSON.")(scope, receive, send)
            return
        if not await asyncio.to_thread(self._holds_all, _files(message)):
            await _refusal(400, NOT_YOURS)(scope, receive, send)
            return
        # Written anew: Gradio shall read what was checked, whatever a parser makes of the rest.
        await _hand_on(self.app, scope, receive, send, body=json.dumps(message).encode())


def _noting(send: Send, body: bytearray) -> Send:
    async def noting(message: Message) -> None:
        body.extend(message.get("body", b""))
        await send(message)

    return noting


def _files(message: object) -> Iterator[object]:
    left: list[object] = [message]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if one.get("path") is not None:
                yield one["path"]
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)


async def _hand_on(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, body: bytes
) -> None:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    headers = [(key, value) for key, value in scope["headers"] if key != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await app({**scope, "headers": headers}, replayed, send)


def _refusal(status: int, why: str) -> Response:
    return JSONResponse({"detail": why}, status)


MEGABYTE: Final = 1_000_000
KEPT_S: Final = 86_400.0
"""So long a file stays after its upload; a kept conversation has its own copy."""

MIN_BYTES: Final = 4096
"""What the smallest file counts for: a block of the disk."""


class Uploads:
    """`folder` is this person's alone. Safe for several threads, which wait for the disk."""

    def __init__(self, folder: Path, *, quota_mb: int) -> None:
        self.folder = folder.resolve()
        self._quota_bytes = quota_mb * MEGABYTE
        self._coming_bytes = 0
        self._counting = threading.Lock()

    def tidy(self) -> None:
        """Delete what an earlier run left: files that never came whole, and those of old."""
        before_s = time.time() - KEPT_S
        for path in [*self._parts(), *(path for came, _, path in self._whole() if came < before_s)]:
            path.unlink(missing_ok=True)

    def holds(self, path: object) -> bool:
        """Tell whether this names a place in the folder: no address, and nobody else's file."""
        if not isinstance(path, str):
            return False
        try:
            named = Path(path)
            return named.is_absolute() and named.resolve().is_relative_to(self.folder)
        except (OSError, ValueError):  # too long, or with a null byte
            return False

    @contextmanager
    def room(self, size_bytes: int) -> Iterator[None]:
        """Keep room for an upload while it comes; the oldest files go. Raises LimitError."""
        self._count(size_bytes)
        try:
            self._forget_oldest(self._quota_bytes - self._coming_bytes)
            yield
        finally:
            with self._counting:
                self._coming_bytes -= size_bytes
                for part in () if self._coming_bytes else self._parts():
                    part.unlink(missing_ok=True)

    def _count(self, size_bytes: int) -> None:
        with self._counting:
            if self._coming_bytes + size_bytes > self._quota_bytes:
                raise LimitError(
                    "More than {n} MB of files at once.",
                    hint="Send fewer, or raise RAG_UPLOADS_MB.",
                    n=self._quota_bytes // MEGABYTE,
                )
            self._coming_bytes += size_bytes

    def _forget_oldest(self, limit_bytes: int) -> None:
        files = self._whole()
        taken = sum(size for _, size, _ in files)
        for _, size, path in files:
            if taken <= limit_bytes:
                return
            taken -= size
            path.unlink(missing_ok=True)

    def _whole(self) -> list[tuple[float, int, Path]]:
        """Return when each file came, in seconds, what it takes, and its path; the oldest first."""
        found = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):  # gone meanwhile
                status = path.stat()
                if S_ISREG(status.st_mode):
                    found.append((status.st_mtime, max(MIN_BYTES, status.st_size), path))
        return sorted(found)

    def _parts(self) -> list[Path]:
        return [path for path in self.folder.glob("*") if path.is_file()]


def marked(page: str, *, head: str, nonce: str) -> str:
    """Return a page with `head` first in its head, and with the nonce on each of its scripts."""
    return page.replace("<head>", f"<head>{head}", 1).replace("<script", f'<script nonce="{nonce}"')
