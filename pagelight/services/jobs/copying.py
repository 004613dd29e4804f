"""A machine's copy of an index that several share, kept up while a server runs.

Knows a thread; knows nothing of what is copied.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from rag.errors import PagelightError

logger = logging.getLogger(__name__)

LOOK_S: Final = 0.5
"""So often it is looked what is new."""

AFTER_BUG_S: Final = 30.0
CLOSE_S: Final = 10.0


class Copied(Protocol):
    """What is copied."""

    def share(self) -> bool:
        """Send what changed here, or take in what changed elsewhere; tell whether any did."""
        ...


class Copying:
    """Begun by `begin`, ended by `close`."""

    def __init__(self, what: Copied, on_change: Callable[[], object]) -> None:
        """`on_change` is called on its thread once all that was new is here, or sent."""
        self._what = what
        self._on_change = on_change
        self._told = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="copying", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        wait_s = LOOK_S
        while not self._over.wait(wait_s):
            wait_s = LOOK_S
            try:
                self._look()
            except PagelightError as error:
                self._tell(str(error))
            except Exception:
                logger.exception("the documents could not be shared because of a bug")
                wait_s = AFTER_BUG_S

    def _look(self) -> None:
        has_changed = False
        while not self._over.is_set() and self._what.share():
            has_changed = True
        if has_changed:
            self._on_change()
        if self._told:
            logger.warning("Documents are shared with other machines again.")
            self._told = ""

    def _tell(self, what: str) -> None:
        """Tell a person what is wrong, once as long as it is."""
        if what != self._told:
            logger.warning("Documents are not shared with other machines: %s", what)
            self._told = what
