"""Run a command and measure its seconds, its cores and the peak memory of its process tree."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psutil

SAMPLE_S: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a command took. `processor_s` counts what its children took, as far as they ended."""

    wall_s: float
    peak_mb: float
    busy_cores: float
    returncode: int
    output: str


def measure(command: Sequence[str], *, environment: Mapping[str, str]) -> Measured:
    """Run `command` to its end. Memory is proportional (PSS): shared pages count once."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, text=True
    ) as process:
        watch = _Watch(process.pid)
        watch.start()
        output = process.communicate()[0]
        watch.stop()
    wall_s = time.perf_counter() - start
    return Measured(
        wall_s=wall_s,
        peak_mb=watch.peak_bytes / 2**20,
        busy_cores=watch.processor_s / wall_s,
        returncode=process.returncode,
        output=output,
    )


class _Watch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._root = psutil.Process(pid)
        self._seconds: dict[int, float] = {}
        self._ended = threading.Event()

    @property
    def processor_s(self) -> float:
        return sum(self._seconds.values())

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, sum(self._look(p) for p in self._tree()))

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _tree(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _look(self, process: psutil.Process) -> int:
        try:
            times = process.cpu_times()
            self._seconds[process.pid] = times.user + times.system
            return int(process.memory_full_info().pss)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return 0
