"""What a server that shares its workspace does now and then: copy what is new, wait to own it.

Knows threads; knows nothing of what is copied, or of what an owner does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from rag.errors import PagelightError
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

COPY_S: Final = 0.5
"""So often it is looked what is new."""

TAKE_OVER_S: Final = 1.0
"""So often it is tried: a file is opened each time, or a database is asked."""

AFTER_BUG_S: Final = 30.0
CLOSE_S: Final = 10.0


class Periodic:
    """Calls `look` on a thread every `every_s`, from `begin` to `close`.

    A PagelightError (a database that is away) is told once as long as it lasts, by `trouble`.
    """

    def __init__(
        self, name: str, look: Callable[[], object], *, every_s: float, trouble: str = "%s"
    ) -> None:
        self._name = name
        self._look = look
        self._every_s = every_s
        self._trouble = trouble
        self._reported = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def look(self) -> None:
        """Look now; raises a bug alone."""
        try:
            self._look()
            self._reported = ""
        except PagelightError as error:
            if str(error) != self._reported:
                logger.warning(self._trouble, error)
            self._reported = str(error)

    def _run(self) -> None:
        wait_s = self._every_s
        while not self._over.wait(wait_s):
            wait_s = self._every_s
            try:
                self.look()
            except Exception:
                logger.exception("%s failed because of a bug", self._name)
                wait_s = AFTER_BUG_S


class Copying(Periodic):
    """Keeps a copy up. `on_change` is called once all that was new is here, or sent."""

    def __init__(self, copied: WorkspaceIndex, on_change: Callable[[], object]) -> None:
        trouble = "Documents are not shared with other machines: %s"
        super().__init__("copying", self._share, every_s=COPY_S, trouble=trouble)
        self._copied = copied
        self._on_change = on_change

    def _share(self) -> None:
        has_changed = False
        while not self.is_over and self._copied.share():
            has_changed = True
        if has_changed:
            self._on_change()


class Succession(Periodic):
    """Waits beside the owner of a workspace, to own it once the other is gone.

    `on_owned` is called each time that it comes to be owned, at `begin` where it is already, else
    on a thread; `on_lost` when it is lost.
    """

    def __init__(
        self, owned: WorkspaceIndex, on_owned: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        super().__init__("succession", self._try, every_s=TAKE_OVER_S)
        self._owned = owned
        self._on_owned = on_owned
        self._on_lost = on_lost
        self._is_owned = False

    def begin(self) -> None:
        self.look()
        super().begin()

    def _try(self) -> None:
        owns = self._owned.take_over()
        if owns == self._is_owned:
            return
        self._is_owned = owns
        if owns:
            logger.info("the workspace is this server's from now on")
            self._on_owned()
        else:
            logger.warning("Another machine reads the documents from now on.")
            self._on_lost()
