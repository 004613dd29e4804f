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
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final, Self

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
        self._stopped = False
        self._process: subprocess.Popen[str] | None = None

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        """End the download; may be called from any thread."""
        self._stopped = True
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
        with tempfile.TemporaryFile("w+", encoding="utf-8") as errors, _child(errors) as child:
            self._process = child.process
            child.ask(self._request())
            if self._stopped:
                child.process.terminate()
            try:
                yield from self._listen(child)
            finally:
                child.end()
                self._process = None
            if not child.done and not self._stopped:
                errors.seek(0)
                logger.error("the download ended by itself: %s", errors.read()[-2000:])
                raise ModelError(f"The download of {self._model.name} ended by itself.")

    def _listen(self, child: _Child) -> Iterator[DownloadProgress]:
        total = 0
        for event in child.events():
            if event["event"] == "failed":
                raise ModelError(str(event["message"]))
            if event["event"] == "listed":
                total = int(str(event["total_bytes"]))
            elif event["event"] == "progress":
                yield DownloadProgress(done_bytes=int(str(event["done_bytes"])), total_bytes=total)
        if child.done:
            yield DownloadProgress(done_bytes=total, total_bytes=total)

    def _request(self) -> dict[str, str]:
        model = self._model
        return {
            "name": model.name,
            "part": model.part,
            "repository": model.repository,
            "revision": model.revision,
            "store": str(self._store.folder.resolve()),
        }


class _Child:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.done = False

    def ask(self, request: dict[str, str]) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.close()

    def events(self) -> Iterator[Mapping[str, object]]:
        for line in self.process.stdout or ():
            event = json.loads(line)
            self.done = event["event"] == "done"
            yield event

    def end(self) -> None:
        """Wait for the child; one that does not end, is ended."""
        if self.process.poll() is None and not self.done:
            self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _child(errors: IO[str]) -> _Child:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        encoding="utf-8",
        env={**os.environ, **_ONLINE},
    )
    return _Child(process)
