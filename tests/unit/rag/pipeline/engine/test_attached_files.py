"""Which attached files stay: those of kept questions, as far as there is room."""

import hashlib
from functools import partial

import numpy as np
import pytest
from builders_index import make_file
from builders_ui import BOX, a_chunk, a_document
from fakes import FakeEmbedder

from rag.attachments.answering import source_of
from rag.datamodel import Element, Provenance
from rag.errors import LimitError
from rag.pipeline.engine.attached import UNSENT_S, AttachedFiles
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()
NOW_S = 1_800_000_000
MEGABYTE = 1_000_000


@pytest.fixture
def used():
    return set()


@pytest.fixture
def files(tmp_path, used):
    open_index = partial(
        WorkspaceIndex, model_id=EMBEDDER.model_id, dim=EMBEDDER.dim, chunker_version="1"
    )
    with AttachedFiles(
        tmp_path / "attached", open_index, EMBEDDER, None, None, in_use=lambda: used, limit_mb=3
    ) as files:
        yield files


def put(files, text, *, read_s=NOW_S, size=MEGABYTE):
    """Store a picture that says `text`, as it is read; return its id."""
    index, doc_id = files.index, hashlib.sha256(text.encode()).hexdigest()
    index.members.put([text.encode()])
    image = index.assets.put(np.full((8, 8, 3), sum(text.encode()) % 255, dtype=np.uint8))
    line = Provenance(page=1, bbox=BOX, span=(0, len(text)))
    source = source_of(doc_id, f"{text}.png")
    element = Element(role="figure", text=text, image=image, provenances=(line,))
    doc = a_document(element, source=source, id=doc_id, media_type="image/png", page_count=1)
    chunk = a_chunk(text, source=source, doc_id=doc_id, image=image, provenances=(line,))
    record = make_file(source, doc_id, size_bytes=size, mtime_ns=int(read_s * 1e9))
    (row,) = EMBEDDER.embed_documents([text])
    index.put(doc, [chunk], {chunk.id: row}, files=[record])
    return doc_id


def pictures(files):
    return len(list(files.index.assets.stored()))


def test_what_no_kept_question_holds_goes_after_a_day_with_its_bytes_and_pictures(files, used):
    old, kept = put(files, "old"), put(files, "kept")
    new = put(files, "new", read_s=NOW_S + 2)
    used.add(kept)
    files.sweep(now_s=NOW_S + UNSENT_S + 1)

    assert [files.document(key) is not None for key in (old, kept, new)] == [False, True, True]
    assert [files.bytes_of(key).exists() for key in (old, kept, new)] == [False, True, True]
    assert pictures(files) == 2


def test_the_oldest_that_no_question_holds_make_room(files, used):
    oldest, old, new = (put(files, text, read_s=NOW_S + n) for n, text in enumerate("abc"))
    used.add(oldest)
    files.make_room(MEGABYTE)

    assert files.document(old) is None
    assert files.document(oldest) is not None
    assert files.document(new) is not None


def test_where_kept_questions_hold_all_a_new_file_is_refused(files, used):
    used.update(put(files, text) for text in "abc")
    with pytest.raises(LimitError, match=r"takes 3 MB\. Delete conversations"):
        files.make_room(1)
    assert all(files.document(key) for key in used)


def test_a_picture_is_found_among_the_files_of_who_asks_alone(files):
    one, other = put(files, "one"), put(files, "two")
    image = files.document(one).elements[0].image.id

    assert files.picture(image, among=(one, other)) is not None
    assert files.picture(image, among=(other,)) is None
    assert files.picture(image, among=()) is None


def test_what_another_server_was_given_is_there_too_and_each_stores_in_its_own_folder(
    tmp_path, files
):
    open_index = partial(
        WorkspaceIndex, model_id=EMBEDDER.model_id, dim=EMBEDDER.dim, chunker_version="1"
    )
    there = put(files, "there")
    with AttachedFiles(
        tmp_path / "attached",
        open_index,
        EMBEDDER,
        None,
        None,
        limit_mb=3,
        open_secondary=partial(open_index, secondary=True),
    ) as other:
        here = put(other, "here")

        assert other.index.workspace != files.index.workspace
        assert [other.document(key) is not None for key in (there, here)] == [True, True]
        assert other.bytes_of(there).read_bytes() == b"there"
        image = other.document(there).elements[0].image
        assert other.picture(image.id, among=[there]) is not None
        assert other.holding(image.id).workspace == files.index.workspace
        other.sweep(now_s=NOW_S + UNSENT_S + 1)
        assert other.document(here) is None
        assert other.document(there) is not None
