"""Run a command and measure its seconds, its cores and the peak memory of its process tree."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psutil

SAMPLE_S: Final = 1.0
"""To look at a large process costs it time: .05 s for 1 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a command took. `processor_s` counts what its children took, as far as they ended."""

    wall_s: float
    processor_s: float
    peak_mb: float
    returncode: int
    output: str

    @property
    def busy_cores(self) -> float:
        return self.processor_s / self.wall_s


def measure(command: Sequence[str], *, environment: Mapping[str, str]) -> Measured:
    """Run `command` to its end. Memory is proportional (PSS): shared pages count once."""
    start, worked_s = time.perf_counter(), _worked_s()
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
        processor_s=_worked_s() - worked_s,
        peak_mb=watch.peak_bytes / 2**20,
        returncode=process.returncode,
        output=output,
    )


def _worked_s() -> float:
    """Return the processor time of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._root = psutil.Process(pid)
        self._ended = threading.Event()

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
            return int(process.memory_full_info().pss)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return 0
