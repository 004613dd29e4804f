"""What is stored keeps its word while many threads store, find and forget at once."""

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from builders_index import make_document, make_picture_chunk
from builders_meaning import OLD, Stronger, meaning_of, opened, put
from builders_ui import a_chunk, a_document, an_answer
from hammer import THREADS, hammer

from ingest.pipeline.attach import Attacher
from rag.datamodel import Element, Query
from rag.pipeline.engine.attached import AttachedFiles
from rag.settings import Settings
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.database.user_database import UserFile
from rag.storage.files.members import Member, MemberStore
from rag.storage.images.assets import AssetStore
from rag.storage.images.picture_kind import PictureLooks
from rag.storage.workspace.store import WorkspaceIndex

OPEN = partial(WorkspaceIndex, model_id=OLD.model_id, dim=OLD.dim, chunker_version="1")
ANSWER = an_answer("Snow fell. [1]", a_chunk())


def conversations(tmp_path):
    kept = Conversations(UserFile(tmp_path / "users.sqlite"))
    talks = ["0" * 16, "1" * 16]

    def use(draw):
        talk = draw.choice(talks)
        asked = Exchange(id=kept.new_id(), question=f"How deep was snow {draw.random()}?")
        kept.put(talk, asked)
        kept.put(talk, replace(asked, answer=ANSWER))
        (own,) = (one for one in kept.get(talk) if one.id == asked.id)
        assert (own.question, own.answer.text) == (asked.question, ANSWER.text)
        assert {record.id for record in kept.records()} <= set(talks)

    yield use
    assert sum(len(kept.get(talk)) for talk in talks) == THREADS * CASES[conversations]


def members(tmp_path):
    store = MemberStore(tmp_path / "members")

    def use(draw):
        data = f"content {draw.randrange(5)}".encode() * 50
        sha256, size = store.put([data[:60], data[60:]])
        assert (sha256, size) == (hashlib.sha256(data).hexdigest(), len(data))
        store.write_list(sha256, [Member(name="a.txt", sha256=sha256, size_bytes=size)])
        assert store.path(sha256).read_bytes() == data
        assert store.read_list(sha256)[0].sha256 == sha256

    yield use
    assert len(store.listed()) == 5
    assert not list(store.root.glob("*.part"))


def pictures_on_disk(tmp_path):
    store = AssetStore(tmp_path / "assets", megapixels=1)
    looks = PictureLooks(store, max_kept=2)
    chunk = make_picture_chunk(make_document("Snow."), phash="0" * 16)
    kinds = {}

    def use(draw):
        shade = draw.randrange(5)
        pixels = np.full((24, 24, 3), 50 * shade, dtype=np.uint8)
        pixels[::2, shade] = 255 - 50 * shade
        image = store.put(pixels)
        assert np.array_equal(store.pixels(image), pixels)
        assert store.find(image.id) == (store.path_of(image), "image/png")
        kind = looks(replace(chunk, image=image))
        assert kinds.setdefault(image.id, kind) == kind

    yield use
    assert len(list(store.stored())) == 5


def documents(tmp_path):
    texts = [f"Snow lay {n} cm deep." for n in range(6)]
    with opened(tmp_path / "ws") as index:
        put(index, "The hut is always open.", source="hut.txt")

        def use(draw):
            text = draw.choice(texts)
            name = f"{texts.index(text)}.txt"
            if draw.random() < 0.3:
                version = f"version{draw.random()}"
                put(index, f"{text} {version}", f"{version} rain", source=name)
            elif draw.random() < 0.3:
                index.remove_sources([name])
            rows = OLD.embed_queries([text])
            found = [*index.search_dense(rows, k=9), *index.search_lexical("snow hut", k=9)]
            assert "hut.txt" in {hit.chunk.source for hit in found}
            both = [
                h.chunk.text
                for h in index.search_lexical("snow rain", k=99)
                if h.chunk.source == name
            ]
            versions = {word for one in both for word in one.split() if word.startswith("version")}
            assert (len(versions), len(both)) in {(0, 0), (1, 2)}
            assert ("hut.txt",) in {record.sources for record in index.documents()}

        yield use
        assert index.check() == []


def another_text_model(tmp_path):
    with opened(tmp_path / "ws") as index:
        put(index, "Snow on the pass.", "A road that was closed.")
        meaning = meaning_of(index, Stronger())

        def use(draw):
            chance = draw.random()
            if chance < 0.2:
                put(index, f"Snow {draw.randrange(3)}.", source=f"{draw.randrange(3)}.txt")
            elif chance < 0.6:
                meaning.catch_up()
            found = meaning.find(Query(text="snow"), k=3)
            assert found is None or 1 <= len(found) <= 3
            assert meaning.problem == ""

        yield use
        meaning.catch_up()
        assert meaning.find(Query(text="snow"), k=3)
        meaning.close()


def attachers(tmp_path):
    read = []

    class Reader:
        def tell(self, path, *, name):
            del path, name
            return "text/plain"

        def parse(self, file, *, pages=None):
            del pages
            read.append(file.sha256)
            text = Path(file.path).read_text(encoding="utf-8")
            element = Element(role="paragraph", text=text)
            return a_document(element, source=file.source, id=file.sha256, media_type="text/plain")

        def close(self):
            pass

    for n in range(3):
        (tmp_path / f"{n}.txt").write_text(f"Snow lay {n} cm deep.", encoding="utf-8")
    files = AttachedFiles(tmp_path / "attached", OPEN, OLD, None, None, limit_mb=1)
    attacher = Attacher(files, Reader, Settings())

    def use(draw):
        n, name = draw.randrange(3), draw.choice(["a.txt", "b.txt"])
        known = attacher.attach(tmp_path / f"{n}.txt", name=name)
        assert (known.name, known.note) == (name, "")
        assert files.document(known.doc_id).elements[0].text == f"Snow lay {n} cm deep."

    yield use
    assert len(read) == len(set(read)) == 3  # the same file at once is read once
    attacher.close()
    files.close()


CASES = {
    conversations: 4,
    members: 12,
    pictures_on_disk: 8,
    documents: 2,
    another_text_model: 2,
    attachers: 3,
}
"""What is shared, and how often each thread uses it: a few tenths of a second in all."""


@pytest.mark.parametrize(("shared", "rounds"), CASES.items(), ids=[case.__name__ for case in CASES])
def test_it_keeps_its_word_while_many_use_it(shared, rounds, tmp_path):
    with contextmanager(shared)(tmp_path) as use:
        hammer(use, rounds=rounds)


def test_a_loaded_text_model_is_not_awaited_while_it_reads(tmp_path):
    reading, go_on = threading.Event(), threading.Event()

    def hold():
        reading.set()
        assert go_on.wait(60)

    with opened(tmp_path / "ws") as index:
        put(index, "Snow on the pass.")
        meaning = meaning_of(index, Stronger(after=hold))
        catching_up = threading.Thread(target=meaning.catch_up)
        catching_up.start()
        assert reading.wait(60)
        warming = threading.Thread(target=meaning.warm, daemon=True)
        warming.start()
        warming.join(30)
        was_awaited = warming.is_alive()
        go_on.set()
        catching_up.join()
        meaning.close()

    assert not was_awaited
