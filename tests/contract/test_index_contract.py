"""What every `Index` promises, over the real one, its vectors here or on a server, and the fake."""

import pytest
from builders_index import (
    EMBEDDER,
    make_chunks,
    make_document,
    make_picture_chunk,
    open_index,
    put_document,
)
from fakes import MemoryIndex

from rag.datamodel import NO_FILTERS, Chunk, Filters
from rag.protocols import Index


@pytest.fixture(params=["memory", "workspace", "server"])
def index(request, tmp_path):
    if request.param == "memory":
        yield MemoryIndex()
        return
    on_server = request.param == "server"
    url = request.getfixturevalue("chroma_url") if on_server else ""
    with open_index(tmp_path / "w", chroma_url=url) as opened:
        yield opened


def put_texts(index: Index, *texts: str, **of_document: str) -> list[Chunk]:
    return put_document(index, make_document(*texts, **of_document))


def dense(index: Index, text: str, *, k: int = 5, filters: Filters = NO_FILTERS):
    return index.search_dense(EMBEDDER.embed_queries([text]), k=k, filters=filters)


def lexical(index: Index, text: str, *, k: int = 5, filters: Filters = NO_FILTERS):
    return index.search_lexical(text, k=k, filters=filters)


SEARCHES = pytest.mark.parametrize("search", [dense, lexical])


@SEARCHES
def test_an_empty_index_finds_nothing(index, search):
    assert search(index, "snow") == []


@SEARCHES
def test_the_chunk_that_shares_max_words_comes_first(index, search):
    chunks = put_texts(index, "red apples fall", "snow depth at dawn", "blue paint dries")

    hits = search(index, "depth of the snow at dawn")

    assert hits[0].chunk == chunks[1]


@SEARCHES
def test_ranks_count_from_one_and_scores_never_rise(index, search):
    put_texts(index, *[f"snow report number {n}" for n in range(8)])

    hits = search(index, "snow report 3", k=6)

    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5, 6]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@SEARCHES
def test_ties_break_by_chunk_id(index, search):
    chunks = []
    for name in "abcdef":
        chunks += put_texts(index, "the very same words", name=name, source=f"{name}.txt")

    hits = search(index, "very same words", k=6)

    assert [hit.chunk.id for hit in hits] == sorted(chunk.id for chunk in chunks)


@SEARCHES
def test_no_more_than_k_are_found(index, search):
    put_texts(index, *[f"snow {n}" for n in range(9)])

    assert len(search(index, "snow", k=4)) == 4
    assert search(index, "snow", k=0) == []


@SEARCHES
def test_a_removed_document_is_not_found(index, search):
    put_texts(index, "snow in the valley")

    index.remove_sources(["notes/a.txt"])

    assert search(index, "snow valley") == []


@SEARCHES
def test_the_new_version_of_a_source_replaces_the_old_one(index, search):
    put_texts(index, "snow of yesterday")
    new = put_texts(index, "rain of today")

    hits = search(index, "snow rain yesterday today")

    assert [hit.chunk for hit in hits] == new


@SEARCHES
def test_storing_twice_changes_nothing(index, search):
    chunks = put_texts(index, "snow", "snow and rain")
    put_texts(index, "snow", "snow and rain")

    assert {hit.chunk.id for hit in search(index, "snow rain", k=9)} == {c.id for c in chunks}


@SEARCHES
def test_filters_limit_the_documents(index, search):
    put_texts(index, "snow one", source="a/one.txt")
    two = put_texts(index, "snow two", source="b/two.md", media_type="text/markdown")

    by_source = search(index, "snow", filters=Filters(source_glob="b/*"))
    by_type = search(index, "snow", filters=Filters(media_types=("text/markdown",)))
    neither = search(index, "snow", filters=Filters(source_glob="c/*"))

    assert [hit.chunk for hit in by_source] == [hit.chunk for hit in by_type] == two
    assert neither == []


@pytest.mark.parametrize(
    "text",
    ["", "   ", '"', "snow AND", "NEAR(", "context:snow", "*", "a OR b)", "'; DROP TABLE x", "\0"],
)
def test_any_text_is_safe_to_search(index, text):
    chunks = put_texts(index, "snow")

    assert [hit.chunk for hit in lexical(index, text)] in ([], chunks)


def test_dense_scores_are_cosines(index):
    (chunk,) = put_texts(index, "snow depth")

    (hit,) = dense(index, "snow depth")

    assert hit.chunk == chunk
    assert hit.score == pytest.approx(1.0, abs=1e-5)


def test_filtered_and_unfiltered_dense_scores_agree(index):
    put_texts(index, "snow depth", "snow line", "rain")

    everywhere = dense(index, "snow line depth")
    filtered = dense(index, "snow line depth", filters=Filters(source_glob="notes/*"))

    assert [hit.chunk.id for hit in filtered] == [hit.chunk.id for hit in everywhere]
    assert [hit.score for hit in filtered] == pytest.approx(
        [hit.score for hit in everywhere], abs=1e-5
    )


def test_similar_pictures_are_found_by_their_hash(index):
    document = make_document("caption")
    near = make_picture_chunk(document, phash="ff00ff00ff00ff01", ordinal=1)
    far = make_picture_chunk(document, phash="00ff00ff00ff00ff", ordinal=2)
    put_document(index, document, [*make_chunks(document), near, far])

    hits = index.search_image("ff00ff00ff00ff00", k=5, filters=NO_FILTERS)

    assert [(hit.chunk, hit.score, hit.channel) for hit in hits] == [
        (near, 1 - 1 / 64, "image"),
        (far, 1 - 32 / 64, "image"),
    ]


def test_a_turned_picture_is_found_by_its_hash(index):
    document = make_document("caption")
    picture = make_picture_chunk(document, phash="c0a0000000000000")
    put_document(index, document, [picture])
    half_turn = "55aa55aa55aa55aa"  # of all zeros: odd rows change, and odd columns

    (hit,) = index.search_image(half_turn, k=5, filters=NO_FILTERS)

    assert (hit.chunk, hit.score) == (picture, 1 - 4 / 64)


def test_pictures_are_filtered_too(index):
    document = make_document("caption")
    put_document(index, document, [make_picture_chunk(document, phash="ff00ff00ff00ff01")])

    filters = Filters(source_glob="elsewhere/*")

    assert index.search_image("ff00ff00ff00ff00", k=5, filters=filters) == []


def test_document_frequencies_count_chunks(index):
    put_texts(index, "snow snow", "snow rain", "sun")

    assert index.document_frequencies(["snow", "rain", "hail"]) == (
        {"snow": 2, "rain": 1, "hail": 0},
        3,
    )


def test_a_document_without_chunks_is_stored(index):
    document = make_document("", pending=True)
    index.put(document, [], {})

    assert dense(index, "anything") == []
    assert lexical(index, "anything") == []
