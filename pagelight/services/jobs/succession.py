"""A server that waits beside the owner of a workspace, to own it once the other is gone.

Knows a thread; knows nothing of what an owner does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from rag.errors import PagelightError

logger = logging.getLogger(__name__)

LOOK_S: Final = 1.0
"""So often it is tried: a file is opened each time, or a database is asked."""

CLOSE_S: Final = 10.0


class Owned(Protocol):
    """What is owned by one process at a time."""

    def take_over(self) -> bool:
        """Own it from now on, if nobody else does; tell whether this process does."""
        ...


class Succession:
    """Begun by `begin`, ended by `close`."""

    def __init__(
        self, what: Owned, on_owned: Callable[[], None], on_lost: Callable[[], None] = lambda: None
    ) -> None:
        """`on_owned` is called each time that it comes to be owned, `on_lost` when it is lost.

        At `begin` where it is owned already, else on a thread.
        """
        self._what = what
        self._on_owned = on_owned
        self._on_lost = on_lost
        self._is_owned = False
        self._told = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="succession", daemon=True)

    def begin(self) -> None:
        self._look()
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _wait(self) -> None:
        while not self._over.wait(LOOK_S):
            try:
                self._look()
            except Exception:
                logger.exception("the workspace could not be taken over")
                return

    def _look(self) -> None:
        try:
            owns = self._what.take_over()
        except PagelightError as error:  # of a database that is away, it is tried again
            if str(error) != self._told:
                logger.warning("%s", error)
            self._told = str(error)
            return
        self._told = ""
        if owns == self._is_owned:
            return
        self._is_owned = owns
        if owns:
            logger.info("the workspace is this server's from now on")
            self._on_owned()
        else:
            logger.warning("Another machine reads the documents from now on.")
            self._on_lost()
