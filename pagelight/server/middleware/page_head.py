"""What Gradio's page gets of ours: our head, and marks on the scripts that may run. Pure ASGI.

Gradio takes a head of ours too, but adds it by a script, some time after the page can be used;
and it knows no nonces. So its page is changed as any server's would be: as HTML that is sent.
"""

from __future__ import annotations

from typing import Final

from pagelight.server.middleware.asgi import NONCE, App, Message, Receive, Scope, Send, is_page

_LENGTH: Final = b"content-length"


class PageHead:
    """Wraps an app that answers the page with HTML, in which nobody's words stand unescaped.

    `head` comes first in the page's own head: its scripts listen before there is anything to press.
    """

    def __init__(self, app: App, *, head: str) -> None:
        self._app = app
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        page = _PageSent(send, head=self._head, nonce=scope.get(NONCE, ""))
        await self._app({**scope, "headers": plain}, receive, page)


class _PageSent:
    """Sends on what is answered, a page of HTML once it is whole and changed."""

    def __init__(self, send: Send, *, head: str, nonce: str) -> None:
        self._send = send
        self._head = head
        self._nonce = nonce
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = marked(self._body.decode("utf-8"), head=self._head, nonce=self._nonce).encode()
        headers = [(name, value) for name, value in start["headers"] if name.lower() != _LENGTH]
        length = (_LENGTH, str(len(body)).encode())
        await self._send({**start, "headers": [*headers, length]})
        await self._send({"type": "http.response.body", "body": body})


def marked(page: str, *, head: str, nonce: str) -> str:
    """Return a page with `head` first in its head, and with the nonce on each of its scripts."""
    return page.replace("<head>", f"<head>{head}", 1).replace("<script", f'<script nonce="{nonce}"')


def _is_html(start: Message) -> bool:
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return any(kind.startswith(b"text/html") for kind in kinds)
