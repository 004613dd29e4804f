"""Texts are batched by their lengths, and come back in their order."""

from hypothesis import given
from hypothesis import strategies as st

from rag.models.base.batches import (
    MAX_TOKENS,
    MIN_TOKENS,
    PACKED_TO,
    TOKENS_ON_GPU,
    batched,
    computed,
    packed,
    packed_lengths,
)

LENGTHS = st.lists(st.integers(1, 700), max_size=60)
WORKERS = st.integers(1, 8)


@given(LENGTHS, WORKERS)
def test_each_text_is_in_one_batch_and_no_batch_is_too_large(lengths, workers):
    batches = batched(lengths, workers=workers)

    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    most = max(MAX_TOKENS, MIN_TOKENS * workers) + max(lengths, default=0)
    assert all(sum(lengths[number] for number in batch) <= most for batch in batches)


@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=40), max_size=9))
def test_what_fills_a_batch_up_is_a_text_behind_the_others(rows):
    flat, lengths = packed(rows, 0), packed_lengths([len(row) for row in rows])

    assert len(flat) == sum(lengths)
    assert len(flat) % PACKED_TO == 0
    assert flat == [value for row in rows for value in row] + [0] * sum(lengths[len(rows) :])


def test_a_gpu_is_given_many_texts_at_once_and_their_order_stays():
    calls = []

    def compute(numbers):
        calls.append(len(numbers))
        return numbers

    found = computed([100] * 2000, compute, on_gpu=True)

    assert list(found) == list(range(2000))
    assert len(calls) == -(-2000 * 100 // TOKENS_ON_GPU)
