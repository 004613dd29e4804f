"""An ingest that is paused rests wherever it works, and goes on or stops from there."""

import threading
import time

import pytest

from ingest.run.pause import Brake
from ingest.run.prefetch import ahead

SHORT_S = 0.05
LONG_S = 10


@pytest.fixture
def brake():
    return Brake()


def asked(brake):
    """Return a thread that asks whether to stop, and the answers that it gets."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(brake.is_set()))
    thread.start()
    thread.join(SHORT_S)
    return thread, answers


def test_work_goes_on_where_nothing_is_said(brake):
    assert not brake.is_set()
    assert not brake.paused


def test_whoever_asks_during_a_pause_waits_until_it_ends(brake):
    brake.pause()
    thread, answers = asked(brake)
    assert answers == []

    brake.go_on()
    thread.join(LONG_S)

    assert answers == [False]
    assert not brake.paused


def test_a_stop_ends_a_pause(brake):
    brake.pause()
    thread, answers = asked(brake)

    brake.set()
    thread.join(LONG_S)

    assert answers == [True]


def test_what_is_stopped_is_not_paused(brake):
    brake.set()
    brake.pause()

    assert brake.is_set()


def test_a_new_run_begins_without_a_pause(brake):
    brake.pause()
    brake.clear()

    assert not brake.is_set()


def test_its_clock_stands_still_while_paused():
    now_s = 5.0
    brake = Brake(clock=lambda: now_s)
    brake.pause()
    now_s = 100.0
    assert brake.clock() == 5

    brake.go_on()
    now_s = 101.0

    assert brake.clock() == 6


def test_no_work_begins_during_a_pause_though_it_was_handed_on_before(brake):
    begun = []
    first = threading.Event()

    def work(job):
        begun.append(job)
        if job == 0:
            brake.pause()
            first.set()
        return job

    running = threading.Thread(target=list, args=(ahead(range(9), work, workers=1, stop=brake),))
    running.start()
    assert first.wait(LONG_S)
    time.sleep(SHORT_S)
    assert begun == [0]

    brake.go_on()
    running.join(LONG_S)

    assert begun == list(range(9))
