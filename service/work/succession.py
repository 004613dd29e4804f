"""A server that waits beside the owner of a workspace, to own it once the other is gone.

Knows a thread; knows nothing of what an owner does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

logger = logging.getLogger(__name__)

LOOK_S: Final = 1.0
"""So often it is tried: a file is opened each time."""

CLOSE_S: Final = 10.0


class Owned(Protocol):
    """What is owned by one process at a time."""

    def take_over(self) -> bool:
        """Own it from now on, if nobody else does; tell whether this process does."""
        ...


class Succession:
    """Begun by `begin`, ended by `close`."""

    def __init__(self, what: Owned, on_owned: Callable[[], None]) -> None:
        """`on_owned` is called once: at `begin` where it is owned already, else on a thread."""
        self._what = what
        self._on_owned = on_owned
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="succession", daemon=True)

    def begin(self) -> None:
        if self._what.take_over():
            self._on_owned()
        else:
            self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _wait(self) -> None:
        while not self._over.wait(LOOK_S):
            try:
                if self._what.take_over():
                    logger.info("the workspace is this server's from now on")
                    self._on_owned()
                    return
            except Exception:
                logger.exception("the workspace could not be taken over")
                return
