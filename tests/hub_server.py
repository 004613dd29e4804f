"""A small model hub on this machine: what huggingface_hub asks of the real one, over real HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors",)


@dataclass
class Hub:
    """What is served, and how it misbehaves. `asked` notes each download: name and Range."""

    files: Mapping[str, bytes]
    repository: str = "maker/tiny"
    commit: str = COMMIT
    refuse: tuple[int, str] | None = None
    held_after: int | None = None
    damaged: bool = False
    ranges: bool = True
    claimed_bytes: int = 0
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def info(self) -> dict[str, Any]:
        siblings = [self._sibling(name, data) for name, data in self.files.items()]
        return {"id": self.repository, "sha": self.commit, "siblings": siblings, "tags": []}

    def _sibling(self, name: str, data: bytes) -> dict[str, Any]:
        size = self.claimed_bytes or len(data)
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        entry: dict[str, Any] = {"rfilename": name, "size": size, "blobId": blob}
        if name.endswith(LARGE):
            digest = hashlib.sha256(data).hexdigest()
            entry["lfs"] = {"size": size, "sha256": digest, "pointerSize": 130}
        return entry


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: HubServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, hub = urlsplit(self.path).path, self.server.hub
        if hub.refuse:
            self._answer(hub.refuse[0], b"{}", **{"X-Error-Code": hub.refuse[1]})
        elif path == f"/api/models/{hub.repository}/revision/main":
            self._answer(200, json.dumps(hub.info()).encode())
        else:
            self._file(path.removeprefix(f"/{hub.repository}/resolve/{hub.commit}/"))

    def _file(self, name: str) -> None:
        hub = self.server.hub
        wanted = self.headers.get("Range", "")
        hub.asked.append((name, wanted))
        if name not in hub.files:
            self._answer(404, b"", **{"X-Error-Code": "EntryNotFound"})
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and hub.ranges else 0
        body = hub.files[name][start:]
        if hub.damaged and name.endswith(LARGE):
            body = body[:-1] + bytes([body[-1] ^ 1])
        self._answer(206 if start else 200, body)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        held = self.server.hub.held_after
        if held is None or held >= len(body):
            self.wfile.write(body)
            return
        self.wfile.write(body[:held])
        self.wfile.flush()
        self.server.hub.released.wait(60)
        self.close_connection = True


class HubServer(ThreadingHTTPServer):
    daemon_threads = True
    hub: Hub


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve on a free port of this machine; `hub.url` is where."""
    server = HubServer(("127.0.0.1", 0), Handler)
    server.hub = hub
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
