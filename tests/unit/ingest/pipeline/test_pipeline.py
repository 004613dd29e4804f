"""The ingest pipeline over real folders and a real index, with plain-text reading passed in."""

import threading

import pytest
from builders_ingest import Bench
from fakes import FakeEmbedder

from rag.errors import PagelightError, WorkspaceError


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_files_may_exchange_their_contents(bench):
    first, second = bench.write("a.txt", "snow"), bench.write("b.txt", "rain")
    bench.run()
    first.rename(bench.folder / "c")
    second.rename(first)
    (bench.folder / "c").rename(second)

    report = bench.run()

    assert bench.states(report) == {"a.txt": "ready", "b.txt": "ready"}
    assert (bench.found("snow"), bench.found("rain")) == (["b.txt"], ["a.txt"])


def test_a_bad_file_fails_with_its_reason_and_the_rest_goes_on(bench):
    bench.write("a.txt", "BROKEN")
    bench.write("b.txt", "BUG")
    bench.write("c.txt", "snow")
    bench.write("d.bin", "\0\1\2")

    report = bench.run()

    assert bench.states(report) == {
        "a.txt": "failed",
        "b.txt": "failed",
        "c.txt": "ready",
        "d.bin": "failed",
    }
    assert report.files[0].reason == "The file is broken."
    assert "KeyError" in report.files[1].reason


def test_a_failed_file_is_not_tried_again_while_nothing_changed(bench):
    bench.write("a.txt", "BROKEN")
    bench.run()

    report = bench.run()

    assert bench.reading.parsed == []
    assert [(f.state, f.reason) for f in report.files] == [("failed", "The file is broken.")]


def test_a_file_that_breaks_takes_its_old_content_with_it(bench):
    bench.write("a.txt", "snow")
    bench.run()
    bench.write("a.txt", "BROKEN", "now")

    assert bench.states(bench.run()) == {"a.txt": "failed"}
    assert bench.found("snow") == []


def test_a_stopped_run_goes_on_where_it_was(bench):
    for name in "abc":
        bench.write(f"{name}.txt", f"snow {name}", "SCAN")
    stop = threading.Event()
    bench.reading.stop_after_page = stop

    first = bench.run(stop=stop)
    bench.reading.stop_after_page = None
    second = bench.run()

    assert first.stopped
    assert bench.states(first) == {"a.txt": "ready", "b.txt": "ready", "c.txt": "ready"}
    assert bench.states(second) == {"a.txt": "ready", "b.txt": "ready", "c.txt": "ready"}
    assert bench.reading.parsed == []
    assert len(bench.found("lettering")) == 3


def test_a_long_document_can_be_stopped_between_two_calls_of_the_embedder(bench):
    bench.write("a.txt", *(f"word{n} " * 200 for n in range(400)))
    stop = threading.Event()

    class Stopping(FakeEmbedder):
        def embed_documents(self, texts):
            stop.set()
            return super().embed_documents(texts)

    bench.embedder = Stopping()
    first = bench.run(stop=stop)

    assert (first.stopped, first.files) == (True, ())
    assert len(bench.embedder.calls) == 1
    bench.embedder = FakeEmbedder()
    assert bench.states(bench.run()) == {"a.txt": "ready"}


def test_lost_vectors_are_made_again(bench):
    bench.write("a.txt", "snow in the valley")
    bench.run()
    for path in sorted((bench.workspace / "vectors").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()

    assert bench.states(bench.run()) == {"a.txt": "unchanged"}
    with bench.open() as index:
        vector = bench.embedder.embed_queries(["snow valley"])
        assert [h.chunk.source for h in index.search_dense(vector, k=3)] == ["a.txt"]


def test_an_embedder_that_fails_ends_the_run_and_loses_nothing(bench):
    bench.write("a.txt", "snow")
    bench.run()
    bench.write("b.txt", "rain")

    class Broken(FakeEmbedder):
        def embed_documents(self, texts):
            raise WorkspaceError(f"no memory for {len(texts)} texts")

    bench.embedder = Broken()
    with pytest.raises(PagelightError):
        bench.run()
    bench.embedder = FakeEmbedder()

    assert bench.progress[-1].stage == "failed"
    assert bench.states(bench.run()) == {"a.txt": "unchanged", "b.txt": "ready"}
