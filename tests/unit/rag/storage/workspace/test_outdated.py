"""A workspace that another version divided answers; the next ingest brings it up to date."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeEmbedder, FakeReader

from ingest.pipeline.pipeline import Ingest
from rag.datamodel import Answer, Query
from rag.settings import Settings
from rag.storage.conversations.exchange import Exchange
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()


class OtherReader(FakeReader):
    """Reads as another version does: it leaves the word `page` out, and tells what it letters."""

    def __init__(self, on_lettering=lambda: None):
        super().__init__()
        self._on_lettering = on_lettering

    def parse(self, file):
        document = super().parse(file)
        elements = [replace(e, text=e.text.replace("page ", "")) for e in document.elements]
        return replace(document, elements=tuple(elements))

    def letter(self, document, file, **how):
        self._on_lettering()
        return super().letter(document, file, **how)


class Shelf:
    def __init__(self, root: Path):
        self.folder, self.workspace = root / "folder", root / "workspace"
        self.folder.mkdir()
        self.settings = Settings()

    def write(self, name, *lines):
        (self.folder / name).write_text("\n".join(lines), encoding="utf-8")

    def open(self, version):
        return WorkspaceIndex(
            self.workspace,
            model_id=EMBEDDER.model_id,
            dim=EMBEDDER.dim,
            chunker_version=version,
        )

    def ingest(self, version, reader, *, stop=None):
        EMBEDDER.calls = []
        with self.open(version) as index:
            work = (index, EMBEDDER, reader, self.settings)
            report = Ingest(*work).run(self.folder, on_progress=lambda _: None, stop=stop)
            assert index.check() == []
        return report

    def texts(self, version):
        """Return the text of each document, by the name of its file."""
        with self.open(version) as index:
            return {
                record.sources[0]: " / ".join(c.text for c in index.chunks_of(record.id))
                for record in index.documents()
            }


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path)
    made.write("a.txt", "page one of the mill")
    made.write("b.txt", "the well")
    made.ingest("1", FakeReader())
    return made


def test_it_answers_as_before_and_says_what_is_outdated(shelf):
    with shelf.open("2") as index:
        (hit,) = index.search_lexical("mill", k=5)
        assert hit.chunk.text == "page one of the mill"
        assert len(index.outdated()) == 2
    with shelf.open("1") as index:
        assert index.outdated() == frozenset()


def test_the_next_ingest_reads_each_document_again_and_says_so(shelf):
    reader = OtherReader()

    report = shelf.ingest("2", reader)

    assert sorted(reader.parsed) == ["a.txt", "b.txt"]
    assert report.notes[0].endswith("divides them otherwise: 2.")
    assert shelf.texts("2") == {"a.txt": "one of the mill", "b.txt": "the well"}
    with shelf.open("2") as index:
        assert index.outdated() == frozenset()
    assert shelf.ingest("2", OtherReader()).notes == ()


def test_a_scan_answers_until_its_lettering_is_read_again(shelf):
    shelf.write("scan.txt", "SCAN")
    shelf.ingest("1", FakeReader())
    seen = []

    with shelf.open("2") as index:
        reader = OtherReader(lambda: seen.append(len(index.search_lexical("lettering", k=5))))
        work = (index, EMBEDDER, reader, Settings())
        Ingest(*work).run(shelf.folder, on_progress=lambda _: None)

        assert seen == [1]
        assert index.unlettered.pending(tried_with="") == []
        assert len(index.search_lexical("lettering", k=5)) == 1


def test_stopped_amid_a_scan_the_former_lettering_stays_and_the_next_ingest_goes_on(shelf):
    shelf.write("scan.txt", "SCAN")
    shelf.ingest("1", FakeReader())
    stop = threading.Event()

    assert shelf.ingest("2", OtherReader(stop.set), stop=stop).stopped
    assert shelf.texts("2")["scan.txt"] == "lettering of scan.txt"

    shelf.ingest("2", OtherReader())
    with shelf.open("2") as index:
        assert index.outdated() == frozenset()


def test_conversations_reports_and_lettering_are_kept(shelf):
    with shelf.open("1") as index:
        doc_id = index.documents()[0].id
        kept = index.conversations.new_id()
        answer = Answer(query=Query(text="How deep?"), text="63 metres.")
        index.conversations.put(kept, Exchange(id="e", question="How deep?", answer=answer))
        index.ocr_cache.put(f"1:{doc_id}:1", [])

    shelf.ingest("2", OtherReader())

    with shelf.open("2") as index:
        (exchange,) = index.conversations.get(kept)
        assert exchange.answer.text == "63 metres."
        assert index.ocr_cache.get(f"1:{doc_id}:1") == []
