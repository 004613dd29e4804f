"""Downloads that the chat begins: one set at a time, in the background, told and stoppable.

Knows threads; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pagelight.services.models.models import check_space
from rag.errors import PagelightError
from rag.models.registry.hub import Download, DownloadProgress
from rag.models.registry.model_store import ModelStore
from rag.models.registry.model_table import HubModel
from rag.settings import Settings

logger = logging.getLogger(__name__)

BUG: Final = "The download stopped because of a bug; the terminal shows where."


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchState:
    """A snapshot. `error` is a sentence for the person; `fetched` are names, of this start."""

    running: bool = False
    current: str = ""
    progress: DownloadProgress | None = None
    error: str = ""
    fetched: tuple[str, ...] = ()


class Fetches:
    """Fetches models one after another. Safe for several threads."""

    def __init__(
        self, settings: Settings, on_fetched: Callable[[HubModel], None] = lambda _: None
    ) -> None:
        self._settings = settings
        self._on_fetched = on_fetched
        self._state = FetchState()
        self._lock = threading.Lock()
        self._download: Download | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> FetchState:
        return self._state

    def start(self, models: Sequence[HubModel]) -> bool:
        """Download in the background; False if there is nothing to do or a run is under way."""
        with self._lock:
            if self._state.running or not models:
                return False
            self._state = replace(self._state, running=True, error="", progress=None)
            self._stopping.clear()
        self._thread = threading.Thread(
            target=self._run_quietly, args=(tuple(models),), name="fetch", daemon=True
        )
        self._thread.start()
        return True

    def stop(self) -> None:
        """Ask the run under way to end; what came stays, and the next run goes on from there."""
        self._stopping.set()
        if (download := self._download) is not None:
            download.stop()

    def close(self, *, timeout_s: float = 10.0) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run_quietly(self, models: Sequence[HubModel]) -> None:
        error = ""
        try:
            check_space(self._settings, models)
            for model in models:
                self._fetch(model)
        except PagelightError as problem:
            error = str(problem)
        except Exception:
            logger.exception("a download stopped by a bug")
            error = BUG
        self._download = None
        self._state = replace(self._state, running=False, current="", progress=None, error=error)

    def _fetch(self, model: HubModel) -> None:
        self._download = download = Download(model, ModelStore(self._settings.models))
        if self._stopping.is_set():  # else who stops from now on stops this one
            return
        self._state = replace(self._state, current=model.name, progress=None)
        for progress in download:
            self._state = replace(self._state, progress=progress)
        if not download.stopped:
            self._state = replace(self._state, fetched=(*self._state.fetched, model.name))
            self._on_fetched(model)
