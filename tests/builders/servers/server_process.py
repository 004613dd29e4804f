"""A server of `server_child.py` in a process of its own, as a test sees it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

CHILD = Path(__file__).with_name("server_child.py")
SOON_S = 30


class ServerProcess:
    """The other end of `server_child.Server`: each call is done there."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def __getattr__(self, name):
        def call(*, wait=True, **values):
            self.process.stdin.write(json.dumps([name, values]) + "\n")
            self.process.stdin.flush()
            return self.answer() if wait else None

        return call

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.kill()
        self.process.communicate()


def made_folder(path):
    """Make a folder with one document; return it."""
    path.mkdir()
    (path / "first.txt").write_text("The first hut.")
    return path


def until(condition, *, soon_s=SOON_S):
    deadline = time.monotonic() + soon_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
