"""What a running chat looks at again and again: its folders, other servers of its workspace.

Knows threads; what is done about what changed, others know.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.pipeline.watch import LOOK_EVERY_S, FolderWatch
from pagelight.services.jobs.jobs import Jobs
from rag.errors import PagelightError
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

CLOSE_S: Final = 10.0
COPY_S: Final = 0.5
"""So often it is looked what is new."""

TAKE_OVER_S: Final = 1.0
"""So often it is tried: a file is opened each time, or a database is asked."""

AFTER_BUG_S: Final = 30.0


class Watch:
    """Begun by `begin`, ended by `close`. `extra` returns the further folders, by their names."""

    def __init__(
        self,
        jobs: Jobs,
        extra: Callable[[], Mapping[str, Path]],
        *,
        haste: float = 1.0,
        disk: Disk = LOCAL_DISK,
    ) -> None:
        """All waits are divided by `haste`; `disk` lists folders."""
        self._disk = disk
        self._jobs = jobs
        self._extra = extra
        self._haste = haste
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def begin(self) -> None:
        """Watch from now on; called again, it goes on."""
        if self._thread.ident is None:
            self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        folder = self._jobs.state.folder
        try:
            for _ in self._first_look(folder).changes() if folder else ():
                while not self._jobs.start():  # a run under way may have passed what changed
                    self._wait(LOOK_EVERY_S)
                    if self._jobs.was_stopped:  # who stopped it means what waits for its end, too
                        break
        except _OverError:
            pass
        except Exception:
            logger.exception("watching the folders stopped by a bug")

    def _first_look(self, folder: Path) -> FolderWatch:
        while True:
            try:
                return FolderWatch(
                    folder,
                    on_gone=logger.warning,
                    wait=self._wait,
                    clock=lambda: time.monotonic() * self._haste,
                    extra=self._extra,
                    disk=self._disk,
                )
            except PagelightError:
                self._wait(LOOK_EVERY_S)

    def _wait(self, seconds: float) -> None:
        if self._over.wait(seconds / self._haste):
            raise _OverError


class _OverError(Exception):
    """Raised where nothing is to be watched any more."""


class Periodic:
    """Calls `look` on a thread every `every_s`; a PagelightError is told once, by `trouble`."""

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
        self,
        owned: WorkspaceIndex,
        on_owned: Callable[[], None],
        on_lost: Callable[[], None],
        *,
        every_s: float = TAKE_OVER_S,
    ) -> None:
        super().__init__("succession", self._try, every_s=every_s)
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
