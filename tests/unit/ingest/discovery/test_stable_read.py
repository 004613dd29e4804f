"""Files that change, move or close while they are read."""

import hashlib

import pytest
from builders_index import open_index
from fakes import FakeEmbedder, FakeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.discovery.discover import identify, scan
from ingest.discovery.stable_read import UNSTEADY, UnsteadyError, read_steadily
from ingest.pipeline.pipeline import Ingest
from rag.errors import SourceError
from rag.settings import Settings


class Restless(FakeReader):
    """Changes each file after reading it, as often as `changes` says."""

    def __init__(self, changes, *, gone=False):
        super().__init__()
        self.changes = changes
        self.gone = gone

    def parse(self, file):
        document = super().parse(file)
        if self.changes:
            self.changes -= 1
            path = self.root / file.source
            path.write_text(f"{path.read_text()} later")
            if self.gone:
                path.unlink()
        return document


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    return made


def told(folder):
    return [identify(file, settings=Settings()) for file in scan(folder)[0]]


def read(reader, folder):
    reader.root = folder
    return read_steadily(told(folder), reader.parse, settings=Settings())


def test_a_file_that_is_saved_while_it_is_read_is_read_as_it_is_then(folder):
    (folder / "a.txt").write_text("snow")

    reading = read(Restless(1), folder)

    (file,) = reading.files
    assert reading.document.elements[0].text == "snow later"
    assert reading.document.id == file.sha256 == hashlib.sha256(b"snow later").hexdigest()
    assert file.size_bytes == len("snow later")


def test_a_file_that_changes_on_and_on_is_given_up(folder):
    (folder / "a.txt").write_text("snow")

    with pytest.raises(UnsteadyError, match="changed while it was read"):
        read(Restless(100), folder)


def test_content_is_read_from_the_file_that_kept_it(folder):
    (folder / "a.txt").write_text("snow")
    (folder / "b.txt").write_text("snow")

    reading = read(Restless(1), folder)

    assert reading.document.sources == ("b.txt",)
    assert reading.document.elements[0].text == "snow"


def test_half_a_file_that_can_not_be_read_is_no_failure_of_the_whole(folder):
    (folder / "a.txt").write_text("BROKEN")

    def parse(file):
        if (folder / "a.txt").read_text() == "BROKEN":
            (folder / "a.txt").write_text("snow")
            raise SourceError("The file is broken.")
        return FakeReader().parse(file)

    reading = read_steadily(told(folder), parse, settings=Settings())

    assert reading.document.elements[0].text == "snow"


def ingest(folder, workspace, reader):
    embedder = FakeEmbedder()
    with open_index(workspace, chunker_version=CHUNKER_VERSION) as index:
        reader.root = folder
        ingest = Ingest(index, embedder, reader, Settings())
        report = ingest.run(folder, on_progress=lambda _: None)
        assert index.check() == []
        found = [hit.chunk.text for hit in index.search_lexical("snow", k=5)]
    return {file.source: (file.state, file.reason) for file in report.files}, found


def test_what_is_indexed_of_a_restless_file_stays_until_it_can_be_read(folder, tmp_path):
    (folder / "a.txt").write_text("snow")
    ingest(folder, tmp_path / "w", Restless(0))
    (folder / "a.txt").write_text("snow on the pass")

    states, found = ingest(folder, tmp_path / "w", Restless(100))
    assert states == {"a.txt": ("failed", UNSTEADY)}
    assert found == ["snow"]

    states, found = ingest(folder, tmp_path / "w", Restless(0))
    assert states == {"a.txt": ("ready", "")}
    assert found == ["snow on the pass later later later"]
