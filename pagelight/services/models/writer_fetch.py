"""The model that writes, fetched and built by a child process while the chat runs.

Knows processes and threads; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Final

from rag.models.setup import fetch_child
from rag.models.setup.state import SetupState, writer_state

logger = logging.getLogger(__name__)

_CLOSE_S: Final = 10.0


class WriterFetch:
    """Makes the writer ready once, where it is absent. Safe for several threads."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        command: tuple[str, ...] = (sys.executable, "-P", "-m", fetch_child.__name__),
    ) -> None:
        self._environ = environ
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> SetupState:
        """How it stands just now, also by another process's work."""
        return writer_state(self._environ)

    def start(self) -> bool:
        """Begin in the background; False where there is nothing to do, or a person has to do it.

        Where another process does it already, its end is waited for.
        """
        with self._lock:
            if self._thread or self.state.stage in {"off", "too small", "ready", "damaged"}:
                return False
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command,
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            self._thread = threading.Thread(
                target=self._wait, args=(self._process,), name="writer-fetch", daemon=True
            )
        self._thread.start()
        return True

    def close(self) -> None:
        """End it; what came stays, and the next start goes on from there."""
        if self._process is not None:
            self._process.terminate()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    def _wait(self, process: subprocess.Popen[str]) -> None:
        _, errors = process.communicate()
        if process.returncode and errors:
            logger.warning("the model that writes was not made ready: %s", errors[-2000:].strip())
