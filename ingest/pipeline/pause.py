"""Stops an ingest, or lets it rest. Knows threads and clocks; knows no kind of work."""

from __future__ import annotations

import threading
import time


class PauseControl(threading.Event):
    """The `stop` of an ingest that can be paused as well.

    Work asks `is_set` between two steps. While paused the question waits for its answer: each
    thread so rests at its next step. `set` ends a pause: what is stopped need not go on first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._paused_at_s: float | None = None
        self._rested_s = 0.0

    @property
    def paused(self) -> bool:
        return self._paused_at_s is not None

    def pause(self) -> None:
        with self._changed:
            if self._paused_at_s is None and not super().is_set():
                self._paused_at_s = time.monotonic()

    def go_on(self) -> None:
        with self._changed:
            if self._paused_at_s is not None:
                self._rested_s += time.monotonic() - self._paused_at_s
            self._paused_at_s = None
            self._changed.notify_all()

    def is_set(self) -> bool:
        """Return whether to stop; while paused, wait until that is known."""
        with self._changed:
            self._changed.wait_for(lambda: not self.paused)
        return super().is_set()

    def set(self) -> None:
        super().set()
        self.go_on()

    def clear(self) -> None:
        super().clear()
        self.go_on()

    def clock(self) -> float:
        """Return seconds of a clock that stands still while paused."""
        with self._changed:
            now = time.monotonic() if self._paused_at_s is None else self._paused_at_s
            return now - self._rested_s
