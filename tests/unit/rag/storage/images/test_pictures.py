"""The spaces of pictures: found by likeness, kept beside the text, never half, never stale."""

import numpy as np
import pytest
from builders_index import (
    digest,
    make_chunks,
    make_document,
    make_picture_chunk,
)
from fakes import FakeEmbedder

from rag.datamodel import Filters
from rag.storage.images.pictures import FOLDER, Space
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()
SPACE = Space(model_id="eyes@1", dim=3)
OTHER = Space(model_id="eyes@2", dim=4)
RED, GREEN = "00000000000000ff", "00000000000000aa"


@pytest.fixture
def index(tmp_path):
    with opened(tmp_path) as made:
        yield made


def opened(tmp_path):
    return WorkspaceIndex.open(
        tmp_path / "w", model_id=EMBEDDER.model_id, dim=EMBEDDER.dim, chunker_version="1"
    )


def put_pictures(index, *phashes, source="a.png"):
    """Store a document with a picture for each hash; return the pictures' ids."""
    document = make_document("words", source=source, name=source, media_type="image/png")
    chunks = [
        *make_chunks(document),
        *(make_picture_chunk(document, phash=p, ordinal=n) for n, p in enumerate(phashes, start=1)),
    ]
    rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
    index.put(document, chunks, {c.id: row for c, row in zip(chunks, rows, strict=True)})
    return [digest(phash) for phash in phashes]


def axis(n, *, dim=3):
    return np.eye(dim, dtype=np.float32)[n]


def asked(n):
    return axis(n).reshape(1, -1)


def found(hits):
    return [hit.chunk.image.phash for hit in hits]


def test_pictures_are_found_by_likeness(index):
    red, green = put_pictures(index, RED, GREEN)
    index.pictures.put(SPACE, {red: axis(0), green: axis(1)})

    hits = index.pictures.search(asked(1), SPACE, k=2)

    assert found(hits) == [GREEN, RED]
    assert [(hit.rank, hit.channel) for hit in hits] == [(1, "visual"), (2, "visual")]
    assert hits[0].score == pytest.approx(1)


def test_filters_keep_other_documents_out(index):
    (red,) = put_pictures(index, RED, source="a.png")
    (green,) = put_pictures(index, GREEN, source="b.png")
    index.pictures.put(SPACE, {red: axis(0), green: axis(1)})

    hits = index.pictures.search(asked(0), SPACE, k=5, filters=Filters(source_glob="b*"))

    assert found(hits) == [GREEN]


def test_a_picture_of_two_documents_has_one_vector_and_is_found_in_both(index):
    put_pictures(index, RED, source="a.png")
    (red,) = put_pictures(index, RED, source="b.png")

    assert [image.id for image in index.pictures.missing(SPACE)] == [red]
    index.pictures.put(SPACE, {red: axis(0)})

    hits = index.pictures.search(asked(0), SPACE, k=5)
    assert {hit.chunk.source for hit in hits} == {"a.png", "b.png"}


def test_what_is_missing_is_what_has_no_vector_in_reading_order(index):
    red, green = put_pictures(index, RED, GREEN)
    assert [image.id for image in index.pictures.missing(SPACE)] == [red, green]

    index.pictures.put(SPACE, {red: axis(0)})

    assert [image.id for image in index.pictures.missing(SPACE)] == [green]


def test_a_removed_document_is_found_no_more_and_its_vectors_are_pruned(index):
    (red,) = put_pictures(index, RED, source="a.png")
    (green,) = put_pictures(index, GREEN, source="b.png")
    index.pictures.put(SPACE, {red: axis(0), green: axis(1)})

    index.remove_sources(["a.png"])

    assert found(index.pictures.search(asked(0), SPACE, k=5)) == [GREEN]
    assert [finding.kind for finding in index.pictures.check(SPACE)] == ["stray"]
    assert index.pictures.prune(SPACE) == 1
    assert index.pictures.check(SPACE) == []


def test_another_model_has_another_space_and_the_text_stays(index):
    (red,) = put_pictures(index, RED)
    index.pictures.put(SPACE, {red: axis(0)})

    assert [image.id for image in index.pictures.missing(OTHER)] == [red]
    found = index.check()
    index.pictures.put(OTHER, {red: axis(0, dim=4)})
    index.pictures.keep_only(OTHER)

    assert index.pictures.search(asked(0), SPACE, k=5) == []
    assert len(list((index.workspace / FOLDER).iterdir())) == 1
    assert index.pictures.check(OTHER) == []
    assert index.check() == found


def test_damaged_vectors_are_a_finding_and_are_mended_by_forgetting_them(tmp_path):
    with opened(tmp_path) as index:
        (red,) = put_pictures(index, RED)
        found = index.check()
        index.pictures.put(SPACE, {red: axis(0)})
        (folder,) = (index.workspace / FOLDER).iterdir()
    (folder / "chroma.sqlite3").write_bytes(b"noise" * 1000)

    with opened(tmp_path) as index:
        (finding,) = index.pictures.check(SPACE)
        assert "can't be read" in finding.problem
        index.pictures.mend(SPACE)
        assert [image.id for image in index.pictures.missing(SPACE)] == [red]
        assert index.check() == found
