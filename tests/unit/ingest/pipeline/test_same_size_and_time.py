"""Other bytes of the same size and time of change: what tools that keep times leave behind."""

import os

import pytest
from builders_ingest import Bench

from ingest.discovery.discover import identify, scan
from ingest.discovery.stable_read import Original, UnsteadyError, read_steadily
from pagelight.services.rendering.originals import Originals
from rag.datamodel import Document
from rag.settings import Settings
from rag.storage.database.servers import Roots


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def rewritten(path, text):
    """Put other bytes into a file, and its times as they were."""
    status = path.stat()
    path.write_text(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path, text):
    """Put another file in a file's place, of its times."""
    status = path.stat()
    other = path.with_name(".other")
    other.write_text(text)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.rename(path)


changes = pytest.mark.parametrize("change", [rewritten, replaced])


def told(folder):
    return [identify(file, settings=Settings()) for file in scan(folder)[0]]


@changes
def test_other_bytes_of_the_same_size_and_time_are_read(bench, change):
    path = bench.write("a.txt", "snow")
    bench.run()
    change(path, "rain")

    bench.run()

    assert bench.reading.parsed == ["a.txt"]


@changes
def test_the_same_bytes_in_another_file_are_hashed_and_not_read(bench, change):
    path = bench.write("a.txt", "snow")
    bench.run()
    change(path, "snow")

    report = bench.run()

    assert bench.reading.parsed == []
    assert [file.state for file in report.files] == ["unchanged"]
    with bench.open() as index:
        assert index.file("a.txt").version == scan(bench.folder)[0][0].version


@changes
def test_a_reading_of_other_bytes_than_were_hashed_is_not_taken(bench, change):
    path = bench.write("a.txt", "snow")
    read = []

    def parse(file):
        read.append(file.sha256)
        change(path, ["rain", "hail", "fogs"][len(read) - 1])
        return Document(id=file.sha256, sources=(file.source,), media_type=file.media_type)

    with pytest.raises(UnsteadyError):
        read_steadily(told(bench.folder), parse, settings=Settings())
    assert len(set(read)) == len(read)


@changes
def test_an_original_with_other_bytes_of_the_same_size_and_time_is_none(bench, change):
    path = bench.write("a.txt", "snow")
    (file,) = told(bench.folder)
    original = Original(file)
    shown = Originals(lambda: Roots(own=bench.folder), bench.workspace)
    doc = Document(id=file.sha256, sources=("a.txt",), media_type="text/plain")
    assert shown.find(doc) == path
    change(path, "rain")

    assert shown.find(doc) is None
    with pytest.raises(UnsteadyError):
        original.check()
