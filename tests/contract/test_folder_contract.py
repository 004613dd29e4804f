"""What every folder of documents promises, on a disk of this machine and on an S3 server."""

import os
from typing import Protocol

import pytest
from builders_ingest import Bench

from rag.errors import EmptiedError, PagelightError


class Place(Protocol):
    """Where files are put and taken away."""

    def put(self, source: str, data: bytes) -> None: ...
    def delete(self, source: str) -> None: ...


class Disk:
    def __init__(self, folder):
        self.folder = folder

    def put(self, source, data):
        path = self.folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.stat().st_mtime_ns if path.exists() else 0
        path.write_bytes(data)
        if path.stat().st_mtime_ns <= before:  # a clock that steps
            os.utime(path, ns=(before + 10_000_000, before + 10_000_000))

    def delete(self, source):
        (self.folder / source).unlink()


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


@pytest.fixture(params=["disk", "s3"])
def place(request, bench) -> Place:
    if request.param == "disk":
        return Disk(bench.folder)
    bucket = request.getfixturevalue("bucket")
    bench.read_from(f"s3://{bucket.name}")
    return bucket


def test_files_are_read_wherever_they_lie_in_it(bench, place):
    place.put("a.txt", b"snow at the station")
    place.put("2025/may/b.txt", b"snow in may")

    report = bench.run()

    assert bench.states(report) == {"2025/may/b.txt": "ready", "a.txt": "ready"}
    assert sorted(bench.found("snow")) == ["2025/may/b.txt", "a.txt"]


def test_what_is_as_it_was_is_not_read_again(bench, place):
    place.put("a.txt", b"snow")
    bench.run()

    report = bench.run()

    assert bench.states(report) == {"a.txt": "unchanged"}
    assert bench.reading.parsed == []


def test_a_changed_file_is_read_again_also_within_the_second_and_of_the_same_length(bench, place):
    place.put("a.txt", b"snow")
    bench.run()
    place.put("a.txt", b"rain")

    report = bench.run()

    assert bench.states(report) == {"a.txt": "ready"}
    assert (bench.found("snow"), bench.found("rain")) == ([], ["a.txt"])


def test_what_is_there_no_more_leaves_the_index(bench, place):
    place.put("a.txt", b"snow")
    place.put("b.txt", b"snow and rain")
    bench.run()
    place.delete("a.txt")

    report = bench.run()

    assert bench.states(report) == {"a.txt": "removed", "b.txt": "unchanged"}
    assert bench.found("snow") == ["b.txt"]


def test_a_file_with_another_name_is_known_by_its_bytes(bench, place):
    place.put("old/a.txt", b"snow")
    bench.run()
    place.put("new/a.txt", b"snow")
    place.delete("old/a.txt")

    bench.run()

    assert bench.reading.parsed == []
    assert bench.found("snow") == ["new/a.txt"]


def test_files_of_the_same_bytes_are_one_document(bench, place):
    place.put("a.txt", b"snow")
    place.put("b.txt", b"snow")

    bench.run()

    with bench.open() as index:
        assert [record.sources for record in index.documents()] == [("a.txt", "b.txt")]


def test_a_broken_file_is_told_with_its_reason_and_stops_no_other(bench, place):
    place.put("a.txt", b"BROKEN")
    place.put("b.txt", b"snow")

    report = bench.run()

    assert [(f.source, f.state, f.reason) for f in report.files] == [
        ("a.txt", "failed", "The file is broken."),
        ("b.txt", "ready", ""),
    ]


def test_lettering_is_read_of_what_lacks_it(bench, place):
    place.put("scan.txt", b"SCAN")

    bench.run()

    assert bench.found("lettering") == ["scan.txt"]


@pytest.mark.parametrize(
    "name",
    ["größe 50% [neu] #1.txt", "a'b\"c.txt", "back\\slash.txt", "报告.txt", "n" * 251 + ".txt"],
)
def test_names_are_told_as_they_are(bench, place, name):
    place.put(f"reports/{name}", b"snow")

    report = bench.run()

    assert bench.states(report) == {f"reports/{name}": "ready"}


def test_hidden_and_unfinished_files_are_left_out_without_a_word(bench, place):
    place.put(".git/a.txt", b"snow")
    place.put("b.txt.part", b"snow")
    place.put("c.txt", b"snow")

    report = bench.run()

    assert bench.states(report) == {"c.txt": "ready"}


def test_one_that_is_empty_now_takes_nothing_out_of_the_index_unless_told_to(bench, place):
    place.put("a.txt", b"snow")
    bench.run()
    place.delete("a.txt")

    with pytest.raises(EmptiedError, match=r"is empty, but .* holds 1 document .*--remove-all"):
        bench.run()

    assert bench.found("snow") == ["a.txt"]
    bench.run(remove_all=True)
    assert bench.found("snow") == []
    assert bench.states(bench.run()) == {}


def test_a_workspace_takes_no_other_folder(bench, place, tmp_path):
    place.put("a.txt", b"snow")
    bench.run()
    bench.folder = tmp_path / "other"
    bench.folder.mkdir()

    with pytest.raises(PagelightError, match=r"holds the documents of .* --workspace"):
        bench.run()
    assert bench.found("snow") == ["a.txt"]
