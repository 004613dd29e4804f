"""What comes with a question, through the whole program: real files, real reading, real answers."""

import threading
import time
from contextlib import contextmanager

import pytest
from builders_pdf import Page, pdf_bytes
from builders_pictures import lettered, png
from builders_recordings import record

from ingest.pipeline.attach import FIRST_HEARD_S, FIRST_PAGES, Attacher
from ingest.sandbox.parser_process import ParserProcess
from ingest.transcription.hearing import Hearing
from pagelight.services.session.assemble import assemble
from rag.datamodel import Query
from rag.errors import LimitError, SourceError
from rag.pipeline.engine.attached import FOLDER
from rag.protocols import Heard, Segment
from rag.settings import Settings

RECEIPT = lettered(
    [
        ("ALPINE HARDWARE LTD", 60, 20),
        ("Date: 14/03/2019", 60, 80),
        ("Rope", 60, 160),
        ("21.00", 420, 160),
        ("Pegs", 60, 210),
        ("4.50", 420, 210),
        ("Total", 60, 270),
        ("25.50", 420, 270),
        ("Cash", 60, 320),
        ("30.00", 420, 320),
        ("Change", 60, 370),
        ("4.50", 420, 370),
    ],
    size=(560, 430),
)
NOTE = "The station on the Sturmjoch pass was opened in 1904 by Ida Falk.\n"
WIDTHS = "valley,width in km\nUpper,3\nLower,11\nFar,7\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that lie in no folder that is ingested."""
    root = tmp_path_factory.mktemp("attached")
    (root / "receipt.png").write_bytes(png(RECEIPT))
    (root / "widths.csv").write_text(WIDTHS, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    root = tmp_path_factory.mktemp("asked")
    (root / "folder").mkdir()
    (root / "folder" / "note.txt").write_text(NOTE, encoding="utf-8")
    made = assemble(Settings(workspace=root / "workspace"))
    made.make_ingest().run(root / "folder", on_progress=lambda _: None)
    made.engine.warm()
    yield made
    made.close()


def ask(parts, question, *files):
    query = Query(text=question, attachments=tuple(map(parts.attach, files)))
    (*_, answer) = parts.engine.ask(query)
    return answer


def test_the_picture_is_asked_not_the_documents(parts, folder):
    answer = ask(parts, "how much was it in total?", folder / "receipt.png")
    assert "Total | 25.50" in answer.text
    (citation,) = answer.citations
    assert citation.chunk.source == "receipt.png"
    assert citation.bbox is not None


def test_what_is_attached_is_no_document_and_found_by_no_other_question(parts, folder):
    ask(parts, "total?", folder / "receipt.png")
    assert [row.sources for row in parts.engine.index.documents()] == [("note.txt",)]
    found = parts.engine.search(Query(text="Alpine hardware rope pegs total"), 10)
    assert {hit.chunk.source for hit in found} <= {"note.txt"}


class Held(ParserProcess):
    """Reads the whole of a file only once it may."""

    may = threading.Event()

    def parse(self, file, *, pages=None):
        if pages is None:
            assert self.may.wait(60)
        return super().parse(file, pages=pages)


def test_the_first_pages_of_a_long_document_can_be_asked_at_once(parts, folder):
    path = folder / "long.pdf"
    pages = [f"Chapter {n}. The hut of valley {n} has {n + 100} beds." for n in range(1, 41)]
    path.write_bytes(pdf_bytes(*(Page().text(60, 80, words) for words in pages)))
    assets = parts.settings.workspace / FOLDER / "assets"
    held = Held(settings=parts.settings, assets_root=assets)
    index = parts.engine.attached.index
    with Attacher(parts.engine.attached, lambda: held, parts.settings) as attacher:
        first = attacher.attach(path, whole=False)
        assert "still being read" in first.note
        assert index.document(first.doc_id).page_count >= FIRST_PAGES
        held.may.set()
        ends = time.monotonic() + 60
        while attacher.attach(path).note and time.monotonic() < ends:
            time.sleep(0.05)
    assert "140 beds" in ask(parts, "how many beds has the hut of valley 40?", path).text


class Ear:
    """Hears one sentence, once it may; `window_s` is longer than the note."""

    model_id, window_s = "ear", 300.0

    def __init__(self):
        self.may = threading.Event()

    def hear(self, _):
        assert self.may.wait(60)
        words = "The key of the hut hangs behind the stove."
        return Heard(segments=(Segment(text=words, start_s=0.5, end_s=2.0),), language="en")


@contextmanager
def attaching(parts, ear):
    index = parts.engine.attached.index

    def hearing(reader):
        cache = index.ocr_cache
        return Hearing(transcriber=ear, listen=reader.listen, cache=cache, max_s=900)

    assets = parts.settings.workspace / FOLDER / "assets"
    reader = ParserProcess(settings=parts.settings, assets_root=assets)
    make = lambda: reader  # noqa: E731 - it has no name of its own
    with Attacher(parts.engine.attached, make, parts.settings, hearing=hearing) as attacher:
        yield attacher


def test_a_voice_note_is_asked_by_what_is_said_in_it(parts, folder):
    record(folder / "note.ogg", tone_s=3, audio="libopus")
    ear = Ear()
    ear.may.set()

    with attaching(parts, ear) as attacher:
        attached = attacher.attach(folder / "note.ogg")
    (*_, answer) = parts.engine.ask(Query(text="where is the key?", attachments=(attached,)))

    assert "behind the stove" in answer.text
    assert answer.citations[0].chunk.source == "note.ogg"
    assert answer.citations[0].provenances[0].start_s == pytest.approx(0.5)


def test_a_long_recording_is_heard_behind(parts, folder):
    record(folder / "talk.ogg", tone_s=FIRST_HEARD_S + 5, audio="libopus")
    ear = Ear()

    with attaching(parts, ear) as attacher:
        first = attacher.attach(folder / "talk.ogg", whole=False)
        ear.may.set()
        ends = time.monotonic() + 60
        while attacher.attach(folder / "talk.ogg").note and time.monotonic() < ends:
            time.sleep(0.05)

    assert "still being read" in first.note
    document = parts.engine.attached.index.document(first.doc_id)
    assert "behind the stove" in " ".join(element.text for element in document.elements)


@pytest.mark.parametrize("name", ["broken.png", "empty.pdf", "none.jpg"])
def test_a_file_that_can_not_be_read_is_told_by_its_name(parts, folder, name):
    if name != "none.jpg":
        (folder / name).write_bytes(b"\x89PNG\r\n\x1a\nbroken" if "png" in name else b"")
    with pytest.raises(SourceError, match=name):
        parts.attach(folder / name)


def test_a_file_over_the_limit_is_refused_before_it_is_read(parts, folder, tmp_path):
    small = Settings(workspace=tmp_path, file_mb=1)
    (folder / "large.txt").write_bytes(b"a" * 1_100_000)
    with (
        Attacher(parts.engine.attached, lambda: pytest.fail("it is read"), small) as attacher,
        pytest.raises(LimitError, match=r"large\.txt"),
    ):
        attacher.attach(folder / "large.txt")
