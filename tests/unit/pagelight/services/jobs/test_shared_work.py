"""Work in the background keeps its word while many begin, stop and watch it at once."""

import threading
from contextlib import contextmanager

import pytest
from builders_ui import wait
from fake_engine import FakeSwitching
from fake_ingest import FakeIngest, FakeProgress, FakeReport
from hammer import THREADS, Alone, changing_often, hammer

from ingest.pipeline.ahead import PauseControl
from ingest.pipeline.progress import Tracker
from pagelight.services.jobs.jobs import Jobs, WaitingLine
from pagelight.services.models.models_job import Switches


def reading_jobs(tmp_path):
    alone, runs = Alone(), []

    class Ingest:
        def run(self, folder, *, on_progress, stop, remove_all):
            del folder, remove_all
            with alone:
                tell = threading.Thread(target=on_progress, args=(FakeProgress(),))
                tell.start()
                stop.is_set()
            runs.append(tell)
            return FakeReport()

    jobs = Jobs(Ingest, folder=tmp_path)
    begun = []

    def use(draw):
        chance = draw.random()
        if chance < 0.4:
            begun.extend([1] * jobs.start())
        elif chance < 0.6:
            jobs.run(tmp_path)
            begun.append(1)
        else:
            draw.choice([jobs.cancel, jobs.pause, jobs.go_on])()
            jobs.go_on()
        assert jobs.state.folder == tmp_path

    yield use
    wait(lambda: len(runs) == len(begun))
    jobs.close()
    for tell in runs:
        tell.join()
    assert not jobs.state.running


def line(tmp_path):
    del tmp_path
    alone, shared, numbers = Alone(), WaitingLine(max_waiting=4), iter(range(10**6))
    done, added, taken = [], [], []

    def work():
        with alone:
            done.append(1)

    def use(draw):
        key = str(next(numbers))
        if shared.add(key, work):
            added.append(1)
            assert shared.ahead(key) <= 4
            if draw.random() < 0.3 and shared.take_out(key):
                taken.append(1)

    yield use
    wait(lambda: len(done) + len(taken) == len(added))
    assert added


def switches(tmp_path):
    del tmp_path
    alone = Alone()

    class Switching(FakeSwitching):
        def use(self, part, name, *, stop, progress):
            del part, name, progress
            with alone:
                return not stop.is_set()

    shared = Switches(Switching())

    def use(draw):
        shared.start("reranker", draw.choice("abc"))
        if draw.random() < 0.3:
            shared.stop("reranker")
        assert len(shared.view().running) <= 1

    yield use
    shared.close()
    assert shared.running == ()
    assert shared.view().error == ""


def progress(tmp_path):
    del tmp_path
    told, brake = [], PauseControl()
    tracker = Tracker(told.append, clock=brake.clock)
    tracker.begin("reading", files=THREADS * CASES[progress], work=THREADS * CASES[progress])

    def use(draw):
        tracker.now("a.txt")
        tracker.advance(files=1, work=1)
        if draw.random() < 0.3:
            brake.pause()
            brake.go_on()
        assert not brake.is_set()

    yield use
    tracker.end("done")
    assert told[-1].files_done == THREADS * CASES[progress]
    assert [p.files_done for p in told] == sorted(p.files_done for p in told)


CASES = {
    reading_jobs: 40,
    line: 150,
    switches: 40,
    progress: 60,
}
"""What is shared, and how often each thread uses it: a few tenths of a second in all."""


@pytest.mark.parametrize(("shared", "rounds"), CASES.items(), ids=[case.__name__ for case in CASES])
def test_it_keeps_its_word_while_many_use_it(shared, rounds, tmp_path):
    with contextmanager(shared)(tmp_path) as use:
        hammer(use, rounds=rounds)


def test_a_reading_that_is_cancelled_as_it_begins_is_cancelled(tmp_path):
    with changing_often():
        for _ in range(20):
            ingest = FakeIngest()
            jobs = Jobs(lambda made=ingest: made, folder=tmp_path)
            jobs.start()
            jobs.close(timeout_s=5)
            assert ingest.stopped
