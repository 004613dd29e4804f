"""Texts are batched by their lengths, and come back in their order."""

from hypothesis import given
from hypothesis import strategies as st

from rag.neural.base.batches import (
    MOST_TEXTS,
    MOST_TOKENS,
    PADDED_TO,
    batched,
    computed,
    padded_width,
)

LENGTHS = st.lists(st.integers(1, 700), max_size=60)


@given(LENGTHS)
def test_each_text_is_in_one_batch_and_no_batch_is_too_large(lengths):
    batches = list(batched(lengths))

    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[number] for number in batch)
        assert len(batch) == 1 or longest * len(batch) <= MOST_TOKENS
        assert len(batch) <= MOST_TEXTS


@given(LENGTHS)
def test_the_longest_come_first(lengths):
    order = [lengths[number] for batch in batched(lengths) for number in batch]

    assert order == sorted(lengths, reverse=True)


@given(LENGTHS)
def test_what_is_computed_is_in_the_order_of_the_texts(lengths):
    assert computed(lengths, lambda batch: [lengths[n] for n in batch]) == lengths


@given(LENGTHS.filter(bool))
def test_a_batch_is_padded_to_a_width_that_kernels_are_kept_for(lengths):
    width = padded_width(lengths)

    assert width % PADDED_TO == 0
    assert max(lengths) <= width < max(lengths) + PADDED_TO
