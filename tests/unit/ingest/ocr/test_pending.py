"""One long scan is read by all readers at once: range by range, and joined in its own order."""

import threading

import pytest
from crash.scanning_child import READERS, ScanReader, ingest
from fakes import FakeReader

from ingest.pipeline.ahead import PauseControl
from rag.errors import SourceError

WAIT_S = 60.0
"""Never waited for unless fewer read at a time than should."""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def write(folder, pages):
    (folder / "long.txt").write_text("SCAN\n" * pages, encoding="utf-8")


class TogetherReader(ScanReader):
    """Reads a page only when as many readers are at one at the same time."""

    def __init__(self):
        super().__init__()
        self._barrier = threading.Barrier(READERS)
        self.rounds = 0

    def _read(self, document, element, cache):
        if self._barrier.wait(timeout=WAIT_S) == 0:
            self.rounds += 1
        return super()._read(document, element, cache)


def test_no_reader_is_idle_while_pages_of_one_scan_wait(tmp_path, folder):
    write(folder, 10 * READERS)
    reader = TogetherReader()

    _, texts = ingest(folder, tmp_path / "w", reader)

    assert reader.rounds == 10
    assert texts == [f"page {page}" for page in range(1, 10 * READERS + 1)]


def test_progress_counts_pages(tmp_path, folder):
    write(folder, 50)
    told = []

    ingest(folder, tmp_path / "w", ScanReader(), on_progress=told.append)

    lettering = [progress for progress in told if progress.stage == "lettering"]
    assert {(progress.files_total, progress.pages_total) for progress in lettering} == {(1, 50)}
    assert (told[-1].files_done, told[-1].pages_done) == (1, 50)


class StoppingReader(ScanReader):
    """Does something with the brake once it has read some pages."""

    def __init__(self, act, *, after):
        super().__init__(lambda _: self._count())
        self._act, self._after = act, after
        self.pages_read = 0

    def _count(self):
        self.pages_read += 1
        if self.pages_read == self._after:
            self._act()


def test_a_stop_ends_after_the_pages_at_hand_and_the_next_run_reads_the_others(tmp_path, folder):
    write(folder, 200)
    brake = PauseControl()
    reader = StoppingReader(brake.set, after=20)

    report, texts = ingest(folder, tmp_path / "w", reader, stop=brake)

    assert report.stopped
    assert reader.pages_read < 20 + READERS
    assert set(texts) == {""}
    again = StoppingReader(None, after=0)
    _, texts = ingest(folder, tmp_path / "w", again)
    assert reader.pages_read + again.pages_read == 200
    assert texts == [f"page {page}" for page in range(1, 201)]


def test_all_readers_of_one_scan_rest_in_a_pause_and_go_on(tmp_path, folder):
    write(folder, 200)
    brake = PauseControl()
    paused = threading.Event()
    reader = StoppingReader(lambda: (brake.pause(), paused.set()), after=20)
    running = threading.Thread(
        target=ingest, args=(folder, tmp_path / "w", reader), kwargs={"stop": brake}
    )
    running.start()
    assert paused.wait(WAIT_S)
    running.join(0.2)
    assert reader.pages_read < 20 + READERS

    brake.go_on()
    running.join(WAIT_S)

    assert reader.pages_read == 200


class TearingReader(FakeReader):
    """Gives a document up at its page 9."""

    readers = READERS

    def __init__(self):
        super().__init__()
        self.reader = ScanReader()
        self.parse = self.reader.parse
        self.fails = True

    def letter(self, document, file, **how):
        if self.fails and any(element.page == 9 for element in document.elements):
            raise SourceError("It is noise.")
        return self.reader.letter(document, file, **how)


def test_a_scan_that_one_reader_gives_up_is_told_once_and_keeps_its_pages_for_later(
    tmp_path, folder
):
    write(folder, 40)
    reader = TearingReader()

    report, texts = ingest(folder, tmp_path / "w", reader)

    (file,) = report.files
    assert file.warnings == ("The text in its pictures could not be read: It is noise.",)
    assert set(texts) == {""}
