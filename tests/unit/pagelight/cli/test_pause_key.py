"""The key p at a real (pseudo) terminal, and no harm where there is none."""

import os
import pty
import subprocess
import sys
import termios
import time

import pytest

from ingest.pipeline.pause import Brake
from pagelight.cli.pause_key import PauseKey

PROGRAM = """
import fcntl, sys, termios, time
from ingest.pipeline.pause import Brake
from pagelight.cli.pause_key import PauseKey

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
brake = Brake()
with PauseKey(brake, on_change=lambda paused: print("paused" if paused else "on", flush=True)):
    while not (brake.paused and sys.argv[1] == "leave"):
        time.sleep(0.01)
print("left", flush=True)
"""


@pytest.fixture
def terminal():
    """Return what starts the program at a terminal of its own, and ends it."""
    ours, theirs = pty.openpty()
    started = []

    def start(mode):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, mode],
            stdin=theirs,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        started.append(process)
        return process

    yield ours, start
    for process in started:
        process.kill()
        process.communicate()
    os.close(ours)
    os.close(theirs)


def test_p_pauses_and_goes_on(terminal):
    keys, start = terminal
    process = start("stay")
    assert process.stdout.readline() == "on\n"

    os.write(keys, b"p")
    assert process.stdout.readline() == "paused\n"
    os.write(keys, b"xP")
    assert process.stdout.readline() == "on\n"


def test_the_terminal_is_left_as_it_was(terminal):
    keys, start = terminal
    before = termios.tcgetattr(keys)
    process = start("leave")
    assert process.stdout.readline() == "on\n"
    assert termios.tcgetattr(keys) != before

    os.write(keys, b"p")
    assert process.stdout.readline() == "paused\n"
    assert process.stdout.readline() == "left\n"

    assert termios.tcgetattr(keys) == before


def test_without_a_terminal_nothing_is_told_and_nothing_is_read(monkeypatch):
    told = []
    with open(os.devnull) as nothing:  # noqa: PTH123 - a device
        monkeypatch.setattr(sys, "stdin", nothing)
        with PauseKey(Brake(), on_change=told.append):
            time.sleep(0.01)

    assert told == []
