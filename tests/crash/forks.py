"""Work in processes that can be killed at any moment."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

TESTS = Path(__file__).parents[1]


class Forks:
    """A program that works in forks, which can be killed: `crash_child` and its like."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def start(self, folder: Path, workspace: Path) -> int:
        """Begin an ingest; return its process id."""
        self._process.stdin.write(json.dumps([str(folder), str(workspace)]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def wait(self) -> int:
        """Return how the ingest ended: 0, or the signal that ended it."""
        return int(self._process.stdout.readline())

    def timed(self, folder: Path, workspace: Path) -> float:
        """Return how many seconds an ingest takes that nothing disturbs."""
        start = time.perf_counter()
        self.start(folder, workspace)
        assert self.wait() == 0
        return time.perf_counter() - start

    def kill_after(self, seconds: float, folder: Path, workspace: Path) -> bool:
        """Ingest, and kill that after a while; return whether the kill met it alive."""
        pid = self.start(folder, workspace)
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.wait() == signal.SIGKILL


@contextmanager
def forking(program):
    """Lend the forks of a program of this folder."""
    with _running(program) as process:
        assert process.stdout.readline() == "ready\n"
        yield Forks(process)


@contextmanager
def answering(program, **environment):
    """Lend what asks a program of this folder: it is given paths and numbers, and tells a dict."""
    with _running(program, **environment) as process:

        def ask(*arguments):
            process.stdin.write(json.dumps(arguments, default=str) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask


def killed_after(lines, program, *arguments):
    """Kill a program of this folder once it has told so many lines; return all that it told."""
    with _running(program, *arguments) as process:
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        return told + process.stdout.readlines()


@contextmanager
def _running(program, *arguments, **environment):
    rooms = (TESTS, TESTS.parent, TESTS / "builders" / "answers", TESTS / "crash")
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(TESTS / "crash" / program), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, rooms)), **environment},
    ) as process:
        yield process
        process.kill()
