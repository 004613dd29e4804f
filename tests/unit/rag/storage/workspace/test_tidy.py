"""Disk given back: what nothing refers to goes, what is shown or in the making stays."""

import os
import time

import pytest
from builders_index import EMBEDDER, embedded, make_chunks, make_document, make_file, open_index
from builders_pictured import grey, read_pictures

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.datamodel import BBox
from rag.protocols import OcrLine
from rag.storage.conversations.exchange import Exchange
from rag.storage.documents.records import DocumentToStore
from rag.storage.workspace.care import LEFT_ALONE_S


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "workspace", chunker_version=CHUNKER_VERSION) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    return made


def ingest(index, folder):
    """Read the folder; what is stored already was put a minute ago."""
    for found in index.assets.stored():
        os.utime(index.assets.path_of(found), (found.changed_s - 60, found.changed_s - 60))
    return read_pictures(index, folder)


def stored(index):
    return {found.id for found in index.assets.stored()}


def age(index, image):
    then = time.time() - 2 * LEFT_ALONE_S
    os.utime(index.assets.path_of(image), (then, then))


def test_a_picture_that_came_with_a_question_stays_with_its_conversation(index, folder):
    image = index.assets.put(grey(50))
    index.conversations.put("c", Exchange(id="e", question="what is this?", picture=image.id))
    age(index, image)
    (folder / "a.txt").write_text("10")

    ingest(index, folder)
    assert image.id in stored(index)
    index.conversations.delete("c")
    index.conversations.purge()
    (folder / "a.txt").unlink()
    ingest(index, folder)

    assert stored(index) == set()


def test_what_may_be_in_the_making_is_left_alone(index):
    index.assets.put(grey(10))
    old = index.assets.put(grey(20))
    age(index, old)
    again = index.assets.put(grey(30))
    age(index, again)
    index.assets.put(grey(30))

    index.tidy.sweep()

    assert stored(index) == {index.assets.put(grey(shade)).id for shade in (10, 30)}


def test_drawn_pages_and_lettering_go_with_their_document(index, folder):
    (folder / "a.txt").write_text("10")
    (folder / "b.txt").write_text("20")
    ingest(index, folder)
    ids = {record.sources[0]: record.id for record in index.documents()}
    line = OcrLine(text="x", bbox=BBox(x0=0, y0=0, x1=1, y1=1), confidence=1)
    for doc_id in ids.values():
        drawn = index.workspace / "renders" / doc_id
        drawn.mkdir(parents=True)
        (drawn / "1-800.png").write_bytes(b"png")
        index.ocr_cache.put(f"1:{doc_id}:1:0,0,1,1", [line])
    (folder / "a.txt").unlink()

    ingest(index, folder)

    kept = ids["b.txt"]
    assert [path.name for path in (index.workspace / "renders").iterdir()] == [kept]
    assert index.ocr_cache.get(f"1:{kept}:1:0,0,1,1") == [line]
    assert index.ocr_cache.get(f"1:{ids['a.txt']}:1:0,0,1,1") is None


@pytest.mark.parametrize("damage", ["deleted", "empty"])
def test_a_document_that_lost_a_picture_is_read_again_after_the_repair(index, folder, damage):
    (folder / "a.txt").write_text("10\n20")
    (folder / "b.txt").write_text("30")
    ingest(index, folder)
    path = index.assets.path_of(index.assets.put(grey(10)))
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"")  # what a power cut leaves

    (finding,) = index.check()
    assert (finding.kind, finding.count) == ("missing", 1)
    index.repair(EMBEDDER.embed_documents)
    report = ingest(index, folder)

    assert {f.source: f.state for f in report.files} == {"a.txt": "ready", "b.txt": "unchanged"}
    assert index.check() == []


def test_a_ledger_that_lost_much_shrinks_and_is_searched_as_before(index):
    words = " ".join(f"word{n}" for n in range(400))
    documents = [make_document(f"number{n} {words}", source=f"{n}.txt") for n in range(300)]
    index.put_all([entry_of(document) for document in documents])
    before = ledger_bytes(index)
    found = [hit.chunk.id for hit in index.search_lexical("number7", k=3)]

    index.remove_sources([f"{n}.txt" for n in range(100, 300)])
    index.compact()

    assert ledger_bytes(index) < before / 2
    assert [hit.chunk.id for hit in index.search_lexical("number7", k=3)] == found
    assert index.search_lexical("number200", k=3) == []
    assert index.check() == []


def entry_of(document):
    chunks, file = make_chunks(document), make_file(document.sources[0], document.id)
    return DocumentToStore(document=document, chunks=chunks, vectors=embedded(chunks), files=[file])


def ledger_bytes(index):
    return sum(path.stat().st_size for path in index.workspace.glob("ledger.sqlite*"))
