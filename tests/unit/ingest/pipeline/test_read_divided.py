"""Who reads a file far away may divide it as well: then nobody divides it once more."""

import pytest
from builders_ingest import Bench
from fakes import MadeReader

from ingest.chunking.chunker import chunk_document
from ingest.chunking.cutting import cut_document
from ingest.pipeline.pipeline import Ingest


class Divided:
    """Reads and divides a folder as another machine does, and keeps what was divided here."""

    def __init__(self, bench):
        self._bench = bench
        self.here = []

    def run(self):
        self.here = []
        bench = self._bench
        with bench.open() as index:
            reader = MadeReader(self._parse, bench.reading.letter)
            ingest = Ingest(index, bench.embedder, self._chunk, reader, bench.settings)
            report = ingest.run(bench.folder, on_progress=lambda _: None)
            assert index.check() == []
            chunks = [
                (chunk.source, chunk.text)
                for record in index.documents()
                for chunk in index.chunks_of(record.id)
            ]
        return [(file.source, file.state) for file in report.files], chunks

    def _parse(self, file):
        embedder = self._bench.embedder
        return cut_document(
            self._bench.reading.parse(file),
            chunk_document,
            count_tokens=embedder.count_tokens,
            max_tokens=embedder.max_tokens,
        )

    def _chunk(self, document, **how):
        self.here.append(document.sources[0])
        return chunk_document(document, **how)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


@pytest.fixture
def divided(bench):
    return Divided(bench)


def test_an_outdated_document_is_divided_after_its_lettering_was_read(bench, divided):
    bench.write("a.txt", "snow", "SCAN")
    bench.write("b.txt", "rain")
    _, before = divided.run()
    bench.version = "another"

    _, after = divided.run()

    assert after == before
    assert divided.here == ["a.txt"]
