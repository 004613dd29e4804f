"""An ingest that waits to be let go, and what it tells."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.archives.passwords import lent


@dataclass(frozen=True)
class FakeProgress:
    stage: str = "reading"
    files_total: int = 4
    files_done: int = 1
    pages_done: int = 20
    pages_total: int | None = None
    pages_per_s: float = 12.34
    seconds_left: float | None = 30.0
    source: str = ""
    share: float | None = None


class FakeReport:
    asks = ""

    def as_json(self) -> dict[str, Any]:
        return {"files": [], "totals": {}}


class FakeIngest:
    """Tells one progress, waits to be let go, and ends; or raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.go = threading.Event()
        self.began = threading.Event()
        self.stopped = False
        self.folders: list[Path] = []
        self.removed_all: list[bool] = []
        self.passwords: list[tuple[str, ...]] = []

    def run(
        self,
        folder: Path,
        *,
        on_progress: Callable[[Any], None],
        stop: threading.Event,
        remove_all: bool = False,
    ) -> FakeReport:
        self.folders.append(folder)
        self.removed_all.append(remove_all)
        self.passwords.append(lent())
        on_progress(FakeProgress())
        self.began.set()
        while not self.go.wait(0.01) and not stop.is_set():
            pass
        self.stopped = stop.is_set()
        if self.error is not None:
            raise self.error
        return FakeReport()
