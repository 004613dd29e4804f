import threading
from types import SimpleNamespace

import pytest
from builders_ui import a_document, wait
from fake_engine import FakeEngine
from fake_ingest import FakeIngest, FakeProgress
from fake_library import FakeLibrary

from ingest.pipeline.progress import Report
from pagelight.services.jobs.jobs import Jobs, JobState
from pagelight.services.jobs.watch import Watch
from pagelight.ui.library.library import status_json
from rag.errors import EmptiedError
from rag.storage.documents.records import DocumentRecord

WAIT_S = 60


def test_a_run_goes_on_in_the_background_and_tells_its_progress(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)

    assert jobs.start()
    assert ingest.began.wait(WAIT_S)
    assert jobs.state.running
    assert jobs.state.progress == FakeProgress()
    assert not jobs.start()

    ingest.go.set()
    wait(lambda: not jobs.state.running)
    assert jobs.state.report is not None


def test_who_changes_what_is_read_waits_for_a_run_that_soon_ends(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    jobs.start()
    threading.Timer(0.3, ingest.go.set).start()
    with jobs.held_off():
        is_reading = jobs.state.running

    assert not is_reading


def test_a_run_can_be_paused_and_goes_on(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    jobs.start()
    ingest.began.wait(WAIT_S)

    jobs.pause()
    assert jobs.state.paused
    ingest.go.set()
    assert jobs.state.running  # it asks whether to stop, and waits for the answer

    jobs.go_on()
    assert not jobs.state.paused
    jobs.close(timeout_s=WAIT_S)
    assert not jobs.state.running


def test_a_run_that_found_its_folder_empty_asks_and_takes_the_answer_once(tmp_path):
    ingest = FakeIngest(error=EmptiedError("It is empty.", hint="Use --remove-all."))
    ingest.go.set()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    with pytest.raises(EmptiedError):
        jobs.run(tmp_path)
    assert (jobs.state.error, jobs.state.emptied) == ("It is empty.", True)

    ingest.error = None
    assert jobs.start(remove_all=True)
    jobs.close(timeout_s=WAIT_S)
    assert (jobs.state.error, jobs.state.emptied) == ("", False)
    jobs.run(tmp_path)
    assert ingest.removed_all == [False, True, False]


def test_a_run_that_is_asked_to_stop_says_so_until_it_has(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    jobs.start()
    ingest.began.wait(WAIT_S)

    jobs.cancel()
    assert "Stopping …" in view(tmp_path, jobs.state)["bar"]
    ingest.go.set()
    jobs.close(timeout_s=WAIT_S)
    assert "Stopping" not in view(tmp_path, jobs.state)["bar"]


def view(tmp_path, job, *docs, failed=(), ready=True):
    library = FakeLibrary(*docs, folder=tmp_path)
    library.failed = list(failed)
    return status_json(FakeEngine(index=library, is_ready=ready), job)


def test_the_bar_tells_how_far_reading_has_come(tmp_path):
    job = JobState(folder=tmp_path, running=True, progress=FakeProgress())
    seen = view(tmp_path, job)

    assert seen["state"] == "reading"
    assert seen["busy"]
    assert "Reading text · 1 of 4 files · 12.3 pages/s · about 30 s left" in seen["bar"]
    assert 'value="25.0"' in seen["bar"]


def test_failed_files_are_listed_with_their_reasons(tmp_path):
    failed = DocumentRecord(id="", sources=("<b>.pdf",), state="failed", reason="It is <empty>.")
    seen = view(tmp_path, JobState(folder=tmp_path), a_document(), failed=[failed])

    assert "1 file could not be read" in seen["bar"]
    assert "&lt;b&gt;.pdf" in seen["bar"]
    assert "It is &lt;empty&gt;." in seen["bar"]


HASTE = 200.0


def test_a_change_in_any_folder_has_all_read(tmp_path):
    own, share = tmp_path / "own", tmp_path / "share"
    own.mkdir()
    reads, looks = [], []
    jobs = Jobs(
        lambda: SimpleNamespace(run=lambda *_, **__: reads.append(1) or Report()), folder=own
    )

    def beside():
        looks.append(1)
        return {"Share": share}

    watch = Watch(jobs, beside, haste=HASTE)
    watch.begin()
    try:
        wait(lambda: len(looks) > 1)
        (own / "a.txt").write_text("snow")
        wait(lambda: len(reads) == 1)
        share.mkdir()  # its drive is there again
        (share / "b.txt").write_text("hail")
        wait(lambda: len(reads) == 2)
    finally:
        watch.close()
        jobs.close()


class CountedJobs(Jobs):
    starts = 0

    def start(self, **how):
        self.starts += 1
        return super().start(**how)


def test_who_stops_a_run_has_nothing_read_that_waited_for_its_end(tmp_path):
    ingest, looks = FakeIngest(), []
    jobs = CountedJobs(lambda: ingest, folder=tmp_path)
    watch = Watch(jobs, lambda: looks.append(1) or {}, haste=HASTE)
    watch.begin()
    try:
        wait(lambda: len(looks) > 1)
        jobs.start()
        ingest.began.wait(WAIT_S)
        (tmp_path / "a.txt").write_text("snow")
        wait(lambda: jobs.starts > 1)
        jobs.cancel()
        wait(lambda: jobs.was_stopped)
        seen = len(looks)
        wait(lambda: len(looks) > seen + 1)
        assert len(ingest.folders) == 1
    finally:
        watch.close()
        jobs.close()
