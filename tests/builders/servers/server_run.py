"""A server on a free port of this machine, in a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

START_SECONDS = 60


class ServerRun:
    """Runs from `start` to `stop`.

    `program` is Python that starts it and `options` come with it; it answers at `alive` once it is
    ready, and what it says goes to `log`.
    """

    def __init__(self, program: str, *, alive: str, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self._program = program
        self._alive = alive
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def options(self) -> Sequence[str]:
        return ()

    @property
    def command(self) -> Sequence[str]:
        return (sys.executable, "-c", self._program, *self.options)

    @property
    def user(self) -> str | None:
        """Whose process it is; None: that of who starts it."""
        return None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=log, user=self.user, group=self.user
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.log.read_text("utf-8", errors="replace"))
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(self.ending)
            self._process.wait()
            self._process = None

    @property
    def ending(self) -> signal.Signals:
        return signal.SIGKILL

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}{self._alive}", trust_env=False).is_success
        except httpx.HTTPError:
            return False


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
