"""Each clause of the fusion's docstring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import Chunk, Hit
from rag.retrieve.fusion import RRF_K, reciprocal_rank_fusion

CHUNKS = {
    name: Chunk(id=name, doc_id="d", source="s", ordinal=n, text=name)
    for n, name in enumerate("abcdefgh")
}


def run_of(names, channel="dense"):
    return [
        Hit(chunk=CHUNKS[name], score=1 / rank, rank=rank, channel=channel)
        for rank, name in enumerate(names, start=1)
    ]


RUNS = st.lists(
    st.lists(st.sampled_from(sorted(CHUNKS)), unique=True, max_size=8).map(run_of), max_size=4
)


@given(RUNS, st.randoms())
def test_the_order_of_the_runs_does_not_matter(runs, random):
    shuffled = list(runs)
    random.shuffle(shuffled)

    assert reciprocal_rank_fusion(runs, k=8) == reciprocal_rank_fusion(shuffled, k=8)


@given(RUNS, st.integers(0, 10))
def test_at_most_k_hits_come_back_each_once_best_first(runs, k):
    fused = reciprocal_rank_fusion(runs, k=k)

    assert len(fused) == min(k, len({hit.chunk.id for run in runs for hit in run}))
    assert [hit.rank for hit in fused] == list(range(1, len(fused) + 1))
    assert [hit.score for hit in fused] == sorted((hit.score for hit in fused), reverse=True)


def test_a_score_is_the_sum_of_weighted_reciprocal_ranks():
    fused = reciprocal_rank_fusion([run_of("ab"), run_of("ba")], k=2, weights=[1.0, 2.0])

    assert [hit.chunk.id for hit in fused] == ["b", "a"]
    assert fused[0].score == pytest.approx(1 / (RRF_K + 2) + 2 / (RRF_K + 1))
    assert fused[0].channel == "fused"


def test_a_chunk_that_stands_twice_in_a_run_counts_once_at_its_best_rank():
    twice = [*run_of("ab"), Hit(chunk=CHUNKS["a"], score=0, rank=3, channel="dense")]

    assert reciprocal_rank_fusion([twice], k=5)[0].score == pytest.approx(1 / (RRF_K + 1))
