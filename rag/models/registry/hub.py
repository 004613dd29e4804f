"""Downloads of models, as the program sees them: begun by the person, told as they go, stoppable.

The work is done by a child process (`hub_child`); this process itself never asks a hub.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final, cast

from filelock import FileLock, Timeout

from rag.errors import ModelError
from rag.models.registry.model_store import ModelStore
from rag.models.registry.model_table import HubModel

logger = logging.getLogger(__name__)

CHILD: Final = "rag.models.registry.hub_child"
_STOP_S: Final = 10.0

_ONLINE: Final = {
    "HF_HUB_OFFLINE": "0",
    "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # Its other protocol speaks to more hosts, and can't go on after an interruption.
    "HF_HUB_DISABLE_XET": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadProgress:
    """How much of a model is here, and how much there is of it."""

    done_bytes: int
    total_bytes: int


class Download:
    """One model on its way. Iterate over it for its progress; `stop` ends it, and keeps what came.

    Raises ModelError, when iterated, with what went wrong, as a sentence.
    """

    def __init__(self, model: HubModel, store: ModelStore) -> None:
        self._model = model
        self._store = store
        self.stopped = False
        self._process: subprocess.Popen[str] | None = None

    def stop(self) -> None:
        """End the download; may be called from any thread."""
        self.stopped = True
        if self._process is not None:
            self._process.terminate()

    def __iter__(self) -> Generator[DownloadProgress]:
        unfinished = self._store.unfinished(self._model.name)
        try:
            unfinished.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelError(
                f"The folder {unfinished} can't be made: {error.strerror}.",
                hint="Set RAG_MODELS to a folder that you may write to.",
            ) from error
        lock = FileLock(unfinished.with_suffix(".lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ModelError(f"{self._model.name} is being downloaded already.") from None
        try:
            yield from self._run()
        finally:
            lock.release()

    def _run(self) -> Iterator[DownloadProgress]:
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
            subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env={**os.environ, **_ONLINE},
            ) as child,
        ):
            self._process = child
            if self.stopped:
                child.terminate()
            is_done = False
            try:
                is_done = yield from self._listen(child)
            finally:
                self._process = None
                if not is_done:
                    child.terminate()
                try:
                    child.wait(_STOP_S)
                except subprocess.TimeoutExpired:
                    child.kill()
            if not is_done and not self.stopped:
                errors.seek(0)
                logger.error("the download ended by itself: %s", errors.read()[-2000:])
                raise ModelError(f"The download of {self._model.name} ended by itself.")

    def _listen(self, child: subprocess.Popen[str]) -> Generator[DownloadProgress, None, bool]:
        """Yield how far it is; return whether it came to its end."""
        stdin, stdout = cast("IO[str]", child.stdin), cast("IO[str]", child.stdout)
        with suppress(BrokenPipeError), stdin:
            model = self._model
            request = {
                "name": model.name,
                "part": model.part,
                "repository": model.repository,
                "revision": model.revision,
                "store": str(self._store.folder.resolve()),
            }
            stdin.write(json.dumps(request) + "\n")
        total = 0
        for line in stdout:
            event = json.loads(line)
            if event["event"] == "failed":
                raise ModelError(event["message"])
            if event["event"] == "done":
                yield DownloadProgress(done_bytes=total, total_bytes=total)
                return True
            total = event.get("total_bytes", total)
            if event["event"] == "progress":
                yield DownloadProgress(done_bytes=event["done_bytes"], total_bytes=total)
        return False
