"""The key p at a terminal: an ingest rests, and goes on. Knows terminals; knows no ingest.

Ctrl+Z is the shell's and suspends all of us; this pauses the work alone, so that the display stays.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, Self

from ingest.pipeline.pause import Brake
from rag.closing import Closing

KEY: Final = b"p"


class PauseKey(Closing):
    """Listens while a `with` block lasts; does nothing where standard input is no terminal.

    `on_change` is told whether it is paused: once at the beginning, then at each press.
    """

    def __init__(self, brake: Brake, *, on_change: Callable[[bool], None]) -> None:
        self._brake = brake
        self._on_change = on_change
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._former: Any = None

    def __enter__(self) -> Self:
        if _is_ours():
            import termios
            import tty

            self._former = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
            self._on_change(self._brake.paused)
            self._thread = threading.Thread(target=self._listen, name="keys", daemon=True)
            self._thread.start()
        return self

    def close(self) -> None:
        if self._thread is None:
            return
        self._ended.set()
        self._thread.join()
        if _is_ours():
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._former)

    def _listen(self) -> None:
        while not self._ended.is_set():
            pressed, _, _ = select.select([sys.stdin], [], [], 0.2)
            if pressed and _is_ours() and KEY in os.read(sys.stdin.fileno(), 100).lower():
                self._turn()

    def _turn(self) -> None:
        if self._brake.paused:
            self._brake.go_on()
        else:
            self._brake.pause()
        self._on_change(self._brake.paused)


def _is_ours() -> bool:
    """Whether keys that are pressed now are for us: in the background a read would suspend us."""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (
        OSError,
        ValueError,
        AttributeError,
    ):  # closed, or a system without terminals of this kind
        return False
