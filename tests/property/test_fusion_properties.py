"""Each clause of the fusion's docstring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import Chunk, Hit
from rag.retrieval.fusion import Run, fuse

CHUNKS = {
    name: Chunk(id=name, doc_id="d", source="s", ordinal=n, text=name)
    for n, name in enumerate("abcdefgh")
}


def run_of(scores, *, weight=1.0, depth=9):
    best = sorted(scores.items(), key=lambda pair: -pair[1])
    hits = [
        Hit(chunk=CHUNKS[name], score=score, rank=rank, channel="dense")
        for rank, (name, score) in enumerate(best, start=1)
    ]
    return Run(hits=hits, weight=weight, depth=depth)


RUNS = st.lists(
    st.builds(
        run_of,
        st.dictionaries(st.sampled_from(sorted(CHUNKS)), st.floats(0, 1), max_size=8),
        weight=st.floats(0.1, 3),
        depth=st.integers(0, 9),
    ),
    max_size=4,
)


@given(RUNS, st.randoms())
def test_the_order_of_the_runs_does_not_matter(runs, random):
    shuffled = list(runs)
    random.shuffle(shuffled)

    assert fuse(runs, k=8) == fuse(shuffled, k=8)


@given(RUNS, st.integers(0, 10))
def test_at_max_k_hits_come_back_each_once_best_first(runs, k):
    fused = fuse(runs, k=k)

    assert len(fused) == min(k, len({hit.chunk.id for run in runs for hit in run.hits}))
    assert [hit.rank for hit in fused] == list(range(1, len(fused) + 1))
    assert [hit.score for hit in fused] == sorted((hit.score for hit in fused), reverse=True)


@given(RUNS)
def test_a_chunk_that_is_better_in_every_channel_is_never_behind(runs):
    best = [run_of({**{h.chunk.id: h.score for h in run.hits}, "a": 1.0}) for run in runs]

    assert not best or fuse(best, k=8)[0].score == pytest.approx(len(best))
    assert not best or "a" in {hit.chunk.id for hit in fuse(best, k=8)}


def test_a_score_is_the_weighted_sum_of_scores():
    fused = fuse([run_of({"a": 0.9, "b": 0.8}), run_of({"b": 0.5, "a": 0.1}, weight=2.0)], k=2)

    assert [(hit.chunk.id, hit.score) for hit in fused] == [
        ("b", pytest.approx(0.8 + 2 * 0.5)),
        ("a", pytest.approx(0.9 + 2 * 0.1)),
    ]
    assert fused[0].channel == "fused"


def test_a_chunk_beyond_the_depth_of_a_channel_scores_as_the_last_found():
    cut = run_of({"a": 0.9, "b": 0.6}, depth=2)

    fused = fuse([cut, run_of({"c": 0.5})], k=3)

    assert {hit.chunk.id: hit.score for hit in fused} == {
        "a": pytest.approx(0.9),
        "b": pytest.approx(0.6),
        "c": pytest.approx(0.6 + 0.5),
    }


def test_a_chunk_that_stands_twice_in_a_run_counts_once_at_its_best_score():
    hits = [*run_of({"a": 0.7}).hits, Hit(chunk=CHUNKS["a"], score=0, rank=2, channel="dense")]

    (hit,) = fuse([Run(hits=hits, weight=1, depth=9)], k=5)

    assert hit.score == pytest.approx(0.7)
