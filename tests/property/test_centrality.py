"""What holds of centrality and of choosing, whatever the vectors."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.answer.summary.centrality import (
    MOST_LINKED,
    centrality,
    lexrank,
    mean_direction,
    relevant_and_new,
)

numbers = st.floats(-1, 1, width=32)


@st.composite
def unit_rows(draw):
    count = draw(st.integers(1, 12))
    rows = draw(arrays(np.float32, (count, 4), elements=numbers))
    rows[:, 0] += np.float32(1.5)  # none is all zero
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(rows=unit_rows())
def test_ranks_lie_between_0_and_1_and_the_most_central_is_1(rows):
    ranks = lexrank(rows, np.ones(len(rows)))

    assert ranks.shape == (len(rows),)
    assert np.isclose(ranks.max(), 1)
    assert (ranks >= 0).all()


@given(rows=unit_rows(), seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(rows, seed):
    order = np.random.default_rng(seed).permutation(len(rows))
    ranks = lexrank(rows, np.ones(len(rows)))

    assert np.allclose(lexrank(rows[order], np.ones(len(rows))), ranks[order], atol=1e-3)


@given(rows=unit_rows(), k=st.integers(0, 15))
def test_nothing_is_taken_twice_and_the_best_comes_first(rows, k):
    scores = np.linspace(0.1, 1, len(rows))
    taken = relevant_and_new(rows, scores, k=k, novelty=0.3)

    assert len(taken) == len(set(taken)) == min(k, len(rows))
    assert taken[:1] == [len(rows) - 1][:k]


def test_of_two_that_say_the_same_one_is_taken():
    rows = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)

    assert relevant_and_new(rows, np.array([1, 0.9, 0.1]), k=3, novelty=0.3, too_like=0.9) == [0, 2]


def test_what_is_like_many_is_more_central_than_what_is_like_none():
    rows = np.array([[1, 0.1], [1, 0.2], [1, 0], [0, 1]], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    assert lexrank(rows, np.ones(4)).argmin() == 3


@given(rows=unit_rows())
def test_a_mean_has_length_1(rows):
    assert np.isclose(np.linalg.norm(mean_direction(rows)), 1, atol=1e-3)


def test_of_very_many_the_odd_one_is_the_least_central_still():
    rows = np.tile(np.array([[1, 0.1]], dtype=np.float32), (MOST_LINKED + 1, 1))
    rows[7] = 0, 1
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ranks = centrality(rows, np.ones(len(rows)))

    assert ranks.argmin() == 7
    assert np.isclose(ranks.max(), 1)
