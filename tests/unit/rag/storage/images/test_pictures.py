"""The spaces of pictures: found by likeness, kept beside the text, never half, never stale."""

import numpy as np
import pytest
from builders_index import (
    digest,
    make_chunks,
    make_document,
    make_picture_chunk,
    open_index,
    put_document,
)

from rag.datamodel import Filters
from rag.storage.search.spaces import PictureSpace

RED, GREEN = "00000000000000ff", "00000000000000aa"


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "w") as made:
        yield made


def space_of(index, model_id="eyes@1", dim=3):
    return index.space(PictureSpace, model_id=model_id, dim=dim)


@pytest.fixture
def space(index):
    return space_of(index)


def put_pictures(index, *phashes, source="a.png"):
    """Store a document with a picture for each hash; return the pictures' ids."""
    document = make_document("words", source=source, name=source, media_type="image/png")
    chunks = [
        *make_chunks(document),
        *(make_picture_chunk(document, phash=p, ordinal=n) for n, p in enumerate(phashes, start=1)),
    ]
    put_document(index, document, chunks)
    return [digest(phash) for phash in phashes]


def axis(n, *, dim=3):
    return np.eye(dim, dtype=np.float32)[n]


def asked(n):
    return axis(n).reshape(1, -1)


def found(hits):
    return [hit.chunk.image.phash for hit in hits]


def test_pictures_are_found_by_likeness(index, space):
    (red,) = put_pictures(index, RED, source="a.png")
    (green,) = put_pictures(index, GREEN, source="b.png")
    space.put({red: axis(0), green: axis(1)})

    hits = space.search(asked(1), k=2)
    of_b = space.search(asked(0), k=5, filters=Filters(source_glob="b*"))

    assert found(hits) == [GREEN, RED]
    assert [(hit.rank, hit.channel) for hit in hits] == [(1, "visual"), (2, "visual")]
    assert hits[0].score == pytest.approx(1)
    assert found(of_b) == [GREEN]


def test_a_picture_of_two_documents_has_one_vector_and_is_found_in_both(index, space):
    put_pictures(index, RED, source="a.png")
    red, green = put_pictures(index, RED, GREEN, source="b.png")

    assert [image.id for image in space.missing()] == [red, green]
    space.put({red: axis(0)})

    assert [image.id for image in space.missing()] == [green]
    hits = space.search(asked(0), k=5)
    assert {hit.chunk.source for hit in hits} == {"a.png", "b.png"}


def test_a_removed_document_is_found_no_more_and_its_vectors_are_pruned(index, space):
    (red,) = put_pictures(index, RED, source="a.png")
    (green,) = put_pictures(index, GREEN, source="b.png")
    space.put({red: axis(0), green: axis(1)})

    index.remove_sources(["a.png"])

    assert found(space.search(asked(0), k=5)) == [GREEN]
    assert [finding.kind for finding in space.check()] == ["stray"]
    assert space.prune() == 1
    assert space.check() == []


def test_another_model_has_another_space_and_the_text_stays(index, space):
    (red,) = put_pictures(index, RED)
    space.put({red: axis(0)})
    other = space_of(index, "eyes@2", dim=4)

    assert [image.id for image in other.missing()] == [red]
    found = index.check()
    other.put({red: axis(0, dim=4)})
    other.keep_only_this()

    assert space.search(asked(0), k=5) == []
    assert len(list((index.workspace / PictureSpace.FOLDER).iterdir())) == 1
    assert other.check() == []
    assert index.check() == found


def test_damaged_vectors_are_a_finding_and_are_begun_anew(tmp_path):
    with open_index(tmp_path / "w") as index:
        (red,) = put_pictures(index, RED)
        found = index.check()
        space_of(index).put({red: axis(0)})
        (folder,) = (index.workspace / PictureSpace.FOLDER).iterdir()
    (folder / "chroma.sqlite3").write_bytes(b"noise" * 1000)

    with open_index(tmp_path / "w") as index:
        space = space_of(index)
        (finding,) = space.check()
        assert "can't be read" in finding.problem
        assert [image.id for image in space.missing()] == [red]
        assert index.check() == found
