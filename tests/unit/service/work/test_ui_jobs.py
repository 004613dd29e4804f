import logging
import threading

import pytest
from builders_ui import a_document
from fake_engine import FakeEngine
from fake_ingest import FakeIngest, FakeProgress
from fake_library import FakeLibrary

from rag.errors import EmptiedError, WorkspaceError
from rag.index.rows.records import DocumentRecord
from service.work.jobs import Jobs, JobState
from ui.library.status import status_view

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
    jobs.close(timeout_s=WAIT_S)
    assert not jobs.state.running
    assert jobs.state.report is not None


def test_a_run_can_be_cancelled(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    jobs.start()
    ingest.began.wait(WAIT_S)

    jobs.close(timeout_s=WAIT_S)

    assert ingest.stopped
    assert not jobs.state.running


def test_who_changes_what_is_read_waits_for_a_run_that_soon_ends(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    jobs.start()
    threading.Timer(1.5, ingest.go.set).start()
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


def test_a_paused_run_can_be_cancelled(tmp_path):
    ingest = FakeIngest()
    jobs = Jobs(lambda: ingest, folder=tmp_path)
    jobs.start()
    ingest.began.wait(WAIT_S)
    jobs.pause()

    jobs.close(timeout_s=WAIT_S)

    assert ingest.stopped
    assert not jobs.state.running
    assert not jobs.state.paused


def test_nothing_is_paused_where_nothing_runs(tmp_path):
    jobs = Jobs(FakeIngest, folder=tmp_path)
    jobs.pause()

    assert not jobs.state.paused


def test_without_a_folder_nothing_starts():
    assert not Jobs(FakeIngest, folder=None).start()


def test_an_error_for_a_person_is_kept_as_a_sentence(tmp_path, caplog):
    ingest = FakeIngest(error=WorkspaceError("The disk is full."))
    ingest.go.set()
    jobs = Jobs(lambda: ingest, folder=tmp_path)

    with caplog.at_level(logging.CRITICAL), pytest.raises(WorkspaceError):
        jobs.run(tmp_path)

    assert jobs.state.error == "The disk is full."


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


def view(tmp_path, job, *docs, failed=(), ready=True):
    library = FakeLibrary(*docs, folder=tmp_path)
    library.failed = list(failed)
    return status_view(FakeEngine(index=library, is_ready=ready), job)


def test_the_bar_tells_how_far_reading_has_come(tmp_path):
    job = JobState(folder=tmp_path, running=True, progress=FakeProgress())
    seen = view(tmp_path, job)

    assert seen.state == "reading"
    assert seen.busy
    assert "Reading text · 1 of 4 files · 12.3 pages/s · about 30 s left" in seen.bar
    assert 'value="25.0"' in seen.bar


def test_the_bar_of_a_paused_run_says_so_and_offers_to_go_on(tmp_path):
    running = JobState(folder=tmp_path, running=True, progress=FakeProgress())
    paused = JobState(folder=tmp_path, running=True, paused=True, progress=FakeProgress())

    assert 'data-action="pause">Pause<' in view(tmp_path, running).bar
    assert "Paused · Reading text · 1 of 4 files" in view(tmp_path, paused).bar
    assert 'data-action="continue">Continue<' in view(tmp_path, paused).bar
    assert 'data-action="cancel">Stop<' in view(tmp_path, paused).bar


def test_the_bar_counts_pages_while_lettering_is_read(tmp_path):
    progress = FakeProgress(stage="lettering", pages_total=80, seconds_left=400)
    seen = view(tmp_path, JobState(folder=tmp_path, running=True, progress=progress))

    assert "Reading the lettering of figures and scans · 20 of 80 pages" in seen.bar
    assert "about 7 min left" in seen.bar


def test_the_bar_counts_minutes_while_recordings_are_heard(tmp_path):
    progress = FakeProgress(stage="hearing", pages_total=80, seconds_left=400)
    seen = view(tmp_path, JobState(folder=tmp_path, running=True, progress=progress))

    told = "Hearing what is said in recordings · 20 of 80 minutes · about 7 min left"
    assert told in seen.bar
    assert 'value="25.0"' in seen.bar


def test_the_bar_tells_how_far_a_recording_is_looked_through(tmp_path):
    progress = FakeProgress(source="talks/<b>.mp4", share=0.425)
    seen = view(tmp_path, JobState(folder=tmp_path, running=True, progress=progress))

    assert "· 42 % of &lt;b&gt;.mp4 looked through ·" in seen.bar


def test_the_bar_counts_pictures_while_they_are_looked_at(tmp_path):
    progress = FakeProgress(stage="seeing", files_total=80)
    seen = view(tmp_path, JobState(folder=tmp_path, running=True, progress=progress))

    assert "Looking at pictures · 1 of 80 pictures" in seen.bar


def test_the_bar_asks_whether_every_document_is_to_leave(tmp_path):
    button = 'data-action="remove-all">Take all of them out of the index<'
    emptied = JobState(folder=tmp_path, error="It is <empty>.", emptied=True)
    other = JobState(folder=tmp_path, error="The disk is full.")

    assert "It is &lt;empty&gt;." in view(tmp_path, emptied, a_document()).bar
    assert button in view(tmp_path, emptied, a_document()).bar
    assert "remove-all" not in view(tmp_path, other, a_document()).bar


def test_the_bar_tells_how_many_files_are_found_and_looked_at(tmp_path):
    def told(**progress):
        seen = FakeProgress(stage="looking", pages_per_s=0, seconds_left=None, **progress)
        return view(tmp_path, JobState(folder=tmp_path, running=True, progress=seen)).bar

    assert "Looking through the folder · 1,200 files found<" in told(files_done=1200, files_total=0)
    assert "Looking through the folder · 1 of 4 files<" in told(files_done=1, files_total=4)


def test_failed_files_are_listed_with_their_reasons(tmp_path):
    failed = DocumentRecord(id="", sources=("<b>.pdf",), state="failed", reason="It is <empty>.")
    seen = view(tmp_path, JobState(folder=tmp_path), a_document(), failed=[failed])

    assert "1 file could not be read" in seen.bar
    assert "&lt;b&gt;.pdf" in seen.bar
    assert "It is &lt;empty&gt;." in seen.bar


def test_an_empty_folder_and_no_folder_say_what_to_do(tmp_path):
    assert "No documents in" in view(tmp_path, JobState(folder=tmp_path)).bar
    assert "pagelight chat FOLDER" in view(tmp_path, JobState(folder=None)).bar


def test_the_bar_says_in_words_for_people_what_can_be_asked(tmp_path):
    seen = view(tmp_path, JobState(folder=tmp_path), a_document())

    assert "<span>1 document ready. Answers are quoted.</span>" in seen.bar
    assert seen.documents == 1


def test_loading_models_are_told(tmp_path):
    seen = view(tmp_path, JobState(folder=tmp_path), a_document(), ready=False)

    assert seen.state == "loading"
    assert "The models are loading." in seen.bar
