"""What holds of centrality and of choosing, whatever the vectors."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.summarization.summarizer import TOO_LIKE, central_and_new, centrality, mean_direction

numbers = st.floats(-1, 1, width=32)


@st.composite
def unit_rows(draw):
    count = draw(st.integers(1, 12))
    rows = draw(arrays(np.float32, (count, 4), elements=numbers))
    rows[:, 0] += np.float32(1.5)  # none is all zero
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(rows=unit_rows())
def test_the_mean_is_a_unit_and_centrality_lies_between_0_and_1(rows):
    central = centrality(rows)

    assert abs(float(np.linalg.norm(mean_direction(rows))) - 1) < 1e-5
    assert np.all((central >= 0) & (central <= 1 + 1e-5))


@given(rows=unit_rows(), k=st.integers(0, 12))
def test_what_is_chosen_is_no_more_than_asked_for_and_says_nothing_twice(rows, k):
    taken = central_and_new(rows, centrality(rows), k=k)
    alike = rows[taken] @ rows[taken].T

    assert len(taken) == len(set(taken)) <= k
    assert np.all(alike[~np.eye(len(taken), dtype=bool)] < TOO_LIKE)
