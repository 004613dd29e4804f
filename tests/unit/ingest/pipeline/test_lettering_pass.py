"""The second pass of an ingest: lettering after the text, over real folders and a real index."""

import threading

import pytest
from builders_ingest import Bench
from fakes import FakeReader, MadeReader

from ingest.discovery.stable_read import UNSTEADY
from ingest.pipeline.pipeline import Ingest


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_lettering_follows_the_text(bench):
    bench.write("a.txt", "snow", "SCAN")
    bench.write("b.txt", "rain")

    report = bench.run()

    assert bench.reading.lettered == ["a.txt"]
    assert bench.found("lettering") == ["a.txt"]
    assert [progress.stage for progress in bench.progress][-1] == "done"
    assert "lettering" in {progress.stage for progress in bench.progress}
    assert report.files[0].chunks == 1
    assert bench.run().files[0].state == "unchanged"
    assert bench.reading.lettered == []


def test_lettering_that_fails_is_a_warning_and_not_tried_for_ever(bench):
    bench.reading.lettering_fails = True
    bench.write("a.txt", "snow", "SCAN")

    report = bench.run()

    assert report.files[0].state == "ready"
    assert report.files[0].warnings == (
        "The text in its pictures could not be read: The page is noise.",
    )
    bench.run()
    assert bench.reading.lettered == []


class Between(list):
    """Progress that does something once, when the second pass begins."""

    def __init__(self, act):
        super().__init__()
        self._act = act

    def append(self, progress):
        super().append(progress)
        if progress.stage == "lettering" and self._act is not None:
            act, self._act = self._act, None
            act()


class Replacing(FakeReader):
    """Puts a line of lettering into the cache, replaces the file, and puts another."""

    def __init__(self, path):
        super().__init__()
        self._path = path
        self.cached = []

    def letter(self, document, file, *, cache, **how):
        try:
            cache.put("before", [])
            replace_by(self._path, "another file")
            cache.put("after", [])
        finally:
            self.cached = [key for key in ("before", "after") if cache.get(key) is not None]
        return super().letter(document, file, cache=cache, **how)


def replace_by(path, text):
    """Replace a file as programs do that save: another one is renamed to its name."""
    made = path.with_suffix(".part")
    made.write_text(text, encoding="utf-8")
    made.replace(path)


def all_chunks(index):
    return [chunk for record in index.documents() for chunk in index.chunks_of(record.id)]


def test_a_file_replaced_between_the_passes_gives_its_lettering_to_no_other_document(bench):
    path = bench.write("a.txt", "snow", "SCAN")
    bench.progress = Between(lambda: replace_by(path, "rain\nSCAN"))

    (file,) = bench.run().files

    assert bench.reading.lettered == []
    assert (file.state, file.reason) == ("failed", UNSTEADY)
    assert bench.found("lettering") == []
    assert bench.states(bench.run()) == {"a.txt": "ready"}
    assert (bench.found("snow"), bench.found("lettering")) == ([], ["a.txt"])


def test_a_file_replaced_while_its_lettering_is_read_leaves_nothing_in_index_or_cache(bench):
    path = bench.write("a.txt", "snow", "SCAN")
    bench.reading = Replacing(path)

    (file,) = bench.run().files

    assert (file.state, file.reason) == ("failed", UNSTEADY)
    assert bench.found("lettering") == []
    assert bench.reading.cached == ["before"]


def test_an_outdated_document_takes_no_lettering_of_another_file(bench):
    path = bench.write("a.txt", "snow", "SCAN")
    bench.run()
    bench.version = "another"
    bench.reading = Replacing(path)

    bench.run()

    assert bench.reading.cached == ["before"]
    with bench.open() as index:
        assert [chunk.text for chunk in all_chunks(index)] == ["snow"]


WAIT_S = 60.0
"""Never waited for unless fewer work at a time than should."""


class Together:
    """Does work only when so many threads do it at the same time."""

    def __init__(self, work, count):
        self._work = work
        self._barrier = threading.Barrier(count)
        self.rounds = 0

    def __call__(self, *args, **options):
        if self._barrier.wait(timeout=WAIT_S) == 0:
            self.rounds += 1
        return self._work(*args, **options)


@pytest.mark.parametrize("count", [2, 8])
def test_no_parser_and_no_reader_is_idle_while_files_wait(tmp_path, count):
    bench = Bench(tmp_path)
    for n in range(2 * count):
        bench.write(f"{n}.txt", f"file {n}", "SCAN")
    parse = Together(bench.reading.parse, count)
    letter = Together(bench.reading.letter, count)
    with bench.open() as index:
        ingest = Ingest(
            index,
            bench.embedder,
            MadeReader(parse, letter, parsers=count, readers=count),
            bench.settings,
        )
        report = ingest.run(bench.folder, on_progress=lambda _: None)

    assert set(bench.states(report).values()) == {"ready"}
    assert (parse.rounds, letter.rounds) == (2, 2)
