"""The folders of a running chat, watched side by side: what changes in one is read.

Knows a thread and the folders; what is read, and how, the jobs know.
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

logger = logging.getLogger(__name__)

CLOSE_S: Final = 10.0


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
            if folder is not None:
                for _ in self._first_look(folder).changes():
                    is_done = self._jobs.start()
                    while not is_done:  # a run under way may have passed what changed
                        self._wait(LOOK_EVERY_S)
                        # Who stopped that run means what waits for its end, too.
                        is_done = self._jobs.was_stopped or self._jobs.start()
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
