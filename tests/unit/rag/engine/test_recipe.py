import numpy as np
import pytest
from builders_index import digest
from fakes import FakeEmbedder, MemoryIndex

from rag.datamodel import NO_FILTERS, Chunk, Document, ImageAsset, Query
from rag.engine.recipe import ChannelIndex, FoundOrder, Recipe, UnletteredIndex

PICTURE = ImageAsset(
    id="p", path="p.png", media_type="image/png", width_px=8, height_px=8, phash="0" * 16
)


@pytest.fixture
def index():
    """Ten passages about snow, the first eight of them read off pictures."""
    made, embedder = MemoryIndex(), FakeEmbedder()
    chunks = [
        Chunk(
            id=digest(str(n)),
            doc_id="d",
            source="a.pdf",
            ordinal=n,
            text=f"snow {'deep ' * (10 - n)}{n}",
            image=PICTURE if n == 0 else None,
            confidence=0.97 if n < 8 else None,
        )
        for n in range(10)
    ]
    vectors = embedder.embed_documents([chunk.embedding_text for chunk in chunks])
    made.put(
        Document(id="d", sources=("a.pdf",), media_type="application/pdf"),
        chunks,
        {chunk.id: row for chunk, row in zip(chunks, vectors, strict=True)},
    )
    return made


def vector_of(text):
    return np.asarray(FakeEmbedder().embed_queries([text]))


@pytest.mark.parametrize("channel", ["dense", "lexical", "image"])
def test_a_channel_that_is_off_finds_nothing_and_the_others_do(index, channel):
    searched = ChannelIndex(index, Recipe(**{channel: False}))

    found = {
        "dense": searched.search_dense(vector_of("snow"), k=3, filters=NO_FILTERS),
        "lexical": searched.search_lexical("snow", k=3, filters=NO_FILTERS),
        "image": searched.search_image("0" * 16, k=3, filters=NO_FILTERS),
    }

    assert {name for name, hits in found.items() if not hits} == {channel}


def test_without_lettering_the_next_best_passages_are_found(index):
    searched = UnletteredIndex(index)

    for hits in (
        searched.search_dense(vector_of("snow deep"), k=2, filters=NO_FILTERS),
        searched.search_lexical("snow deep", k=2, filters=NO_FILTERS),
    ):
        assert {hit.chunk.ordinal for hit in hits} == {8, 9}
        assert [hit.rank for hit in hits] == [1, 2]


def test_without_lettering_a_picture_is_still_found_as_a_picture(index):
    (hit,) = UnletteredIndex(index).search_image("0" * 16, k=1, filters=NO_FILTERS)

    assert hit.chunk.image == PICTURE


def test_without_lettering_neighbours_bring_none(index):
    ids = [digest("0"), digest("9")]

    assert [chunk.ordinal for chunk in UnletteredIndex(index).chunks(ids)] == [9]


def test_more_than_there_is_can_be_asked_for(index):
    hits = UnletteredIndex(index).search_lexical("snow", k=50, filters=NO_FILTERS)

    assert len(hits) == 2


def test_without_a_reranker_hits_keep_their_order(index):
    hits = index.search_lexical("snow", k=5, filters=NO_FILTERS)

    reranked = FoundOrder().rerank(Query(text="snow"), hits)

    assert [hit.chunk for hit in reranked] == [hit.chunk for hit in hits]
    assert [hit.rank for hit in reranked] == [1, 2, 3, 4, 5]
    assert all(0 <= hit.score <= 1 and hit.channel == "reranked" for hit in reranked)
