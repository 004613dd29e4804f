"""A small real server that speaks the OpenAI chat protocol, and fails on demand in its ways.

It listens on a free port of this machine. Each question is met by the next of its `replies`; the
last one stays. `facts` are what it says of itself: of its `models`, or at a path beside the chat.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = ("Snow lay ", "317 cm deep ", "[1].")

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_GET(self):
        if not self.path.endswith("/models"):
            self.fact()
            return
        more = self.server.facts.get("models", {})
        models = [{"id": name, "object": "model", **more} for name in self.server.models]
        self.whole(200, {"object": "list", "data": models})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/api/"):
            self.fact()
            return
        told = {"key": self.headers.get("Authorization"), "headers": self.headers.keys()}
        self.server.asked.append({**json.loads(body), **told})
        replies = self.server.replies
        (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    def fact(self):
        """Say what is known at this path, as servers do beside the chat."""
        self.server.told_at.append(self.path)
        fact = self.server.facts.get(self.path)
        self.whole(404 if fact is None else 200, fact or {"error": "not found"})

    def whole(self, status, content, headers=()):
        body = json.dumps(content).encode() if not isinstance(content, bytes) else content
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, content):
        text = content if isinstance(content, str) else json.dumps(content)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_):
        """Say nothing."""


class ChatServer(ThreadingHTTPServer):
    """Keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.models = ["tiny"]
        self.replies: list[Reply] = [saying(*ANSWER)]
        self.asked: list[dict] = []
        self.facts: dict[str, dict] = {}
        self.told_at: list[str] = []
        self.hung_up = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request, client_address):  # noqa: ARG002 - as the base class
        """A client that went away is none."""
        self.hung_up.set()


@contextlib.contextmanager
def chat_server() -> Iterator[ChatServer]:
    with ChatServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def chunk(text, *, reason=None):
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}


def called(name, arguments, **more):
    """Return an event with a call of a tool, or a piece of one; each is numbered 0."""
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    call = {"index": 0, "type": "function", "function": function, **more}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}


def calling(name, *arguments) -> Reply:
    """Stream a call of a tool, its arguments in pieces, as servers that know tools do."""
    pieces = [called("" if number else name, piece) for number, piece in enumerate(arguments)]
    return streaming(*pieces, chunk(None, reason="tool_calls"), "[DONE]")


def saying(*pieces, reason: str = "stop") -> Reply:
    """Stream the pieces, as servers do."""

    def reply(handler):
        handler.begin()
        handler.event({"choices": [{"index": 0, "delta": {"role": "assistant"}}]})
        for piece in pieces:
            handler.event(chunk(piece))
        handler.event(chunk(None, reason=reason))
        handler.event("[DONE]")

    return reply


def slowly(*pieces, pause_s: float) -> Reply:
    """Stream the pieces, with a pause before each."""

    def reply(handler):
        handler.begin()
        for piece in pieces:
            time.sleep(pause_s)
            handler.event(chunk(piece))
        handler.event(chunk(None, reason="stop"))

    return reply


def hanging_up(*pieces) -> Reply:
    """Stream the pieces and break the connection off amid an event."""

    def reply(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for piece in pieces:
            handler.event(chunk(piece))
        handler.wfile.write(b'data: {"choi')
        handler.close_connection = True

    return reply


def streaming(*events) -> Reply:
    """Stream any events and then end the connection."""

    def reply(handler):
        handler.begin()
        for event in events:
            handler.event(event)

    return reply


def endless() -> Reply:
    """Write until the other side is gone."""

    def reply(handler):
        handler.begin()
        while True:
            handler.event(chunk("and on "))

    return reply


def unbroken() -> Reply:
    """Write a line that never ends."""

    def reply(handler):
        handler.begin()
        while True:
            handler.wfile.write(b"data: " + b"x" * 65_536)

    return reply


def refusing(status, message, *, headers=()) -> Reply:
    return lambda handler: handler.whole(status, {"error": {"message": message}}, headers)


def at_once(text) -> Reply:
    """Answer without a stream, as some servers do whatever is asked."""
    content = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    return lambda handler: handler.whole(200, content)
