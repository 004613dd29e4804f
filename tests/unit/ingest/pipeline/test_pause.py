"""An ingest that is paused rests wherever it works, and goes on or stops from there."""

import threading
import time

import pytest

from ingest.pipeline.ahead import PauseControl, ahead

SHORT_S = 0.05
LONG_S = 10


@pytest.fixture
def brake():
    return PauseControl()


def asked(brake):
    """Return a thread that asks whether to stop, and the answers that it gets."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(brake.is_set()))
    thread.start()
    thread.join(SHORT_S)
    return thread, answers


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
