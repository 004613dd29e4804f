"""A session for each call of a program that stays: the workspace is held only while it is used.

Knows sessions and a clock; knows nothing of what is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from pagelight.services.session.session import Session

IDLE_S: Final = 60.0
"""So long the workspace and its models stay open after a call: then others may have it."""


class SessionLender:
    """Lends what `open_session` opens. Any thread may call; ended by `close`.

    A session of this process is kept for the next call; one that goes through a running chat is
    opened for each, as the chat may end meanwhile.
    """

    def __init__(self, open_session: Callable[[], Session], *, idle_s: float = IDLE_S) -> None:
        self._open_session = open_session
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._borrowers = 0
        self._timer: threading.Timer | None = None

    @contextmanager
    def lend(self) -> Iterator[Session]:
        """Lend a session for one call. Raises what opening raises."""
        with self._lock:
            self._stop_timer()
            if self._session is None:
                self._session = self._open_session()
            session = self._session
            self._borrowers += 1
        try:
            yield session
        finally:
            with self._lock:
                self._borrowers -= 1
                if self._borrowers == 0:
                    self._rest(session)

    def close(self) -> None:
        with self._lock:
            self._stop_timer()
            self._end()

    def _rest(self, session: Session) -> None:
        if not session.holds_workspace:
            self._end()
            return
        self._timer = threading.Timer(self._idle_s, self._end_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            if self._borrowers == 0:
                self._end()

    def _end(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
