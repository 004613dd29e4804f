"""The models of the set-up, fetched and built by a child process while the chat runs.

Knows processes and threads; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Final

from rag.models.setup import fetch_child
from rag.models.setup.bundled import BUNDLED, WRITER, BundledModel
from rag.models.setup.state import SetupState, state_of

logger = logging.getLogger(__name__)

_CLOSE_S: Final = 10.0


class ModelFetch:
    """Makes the models ready once, where one is absent. Safe for several threads."""

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
        """How the writer stands just now, also by another process's work."""
        return state_of(WRITER, self._environ)

    def start(self, models: Sequence[BundledModel] = BUNDLED) -> bool:
        """Begin in the background; False where there is nothing to do, or a person has to do it.

        Where another process does it already, its end is waited for.
        """
        with self._lock:
            stages = {state_of(model, self._environ).stage for model in models}
            if self._thread or stages <= {"off", "too small", "ready", "damaged"}:
                return False
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                (*self._command, *(model.role for model in models)),
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            self._thread = threading.Thread(
                target=self._wait, args=(self._process,), name="model-fetch", daemon=True
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
            logger.warning("a model of the set-up was not made ready: %s", errors[-2000:].strip())
