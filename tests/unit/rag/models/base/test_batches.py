"""Texts are batched by their lengths and come back in order; thoughts are left out of answers."""

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
from rag.models.base.thoughts import without_thoughts

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


def told(text, sizes=(), *, begun=False):
    return "".join(without_thoughts(cut(text, sizes), begun=begun))


def cut(text, sizes):
    """Yield the text in pieces of some sizes, and the rest."""
    start = 0
    for size in sizes:
        yield text[start : start + size]
        start += size
    yield text[start:]


SIZES = st.lists(st.integers(0, 5), max_size=20)


@given(SIZES)
def test_thoughts_before_an_answer_are_left_out_however_it_is_cut(sizes):
    assert told("\n<think>\nIs it [1]?\n</think>\n\nSnow lay [2].", sizes) == "Snow lay [2]."


def test_pieces_are_handed_on_as_they_come():
    assert list(without_thoughts(["Snow ", "lay ", "[1]."])) == ["Snow ", "lay ", "[1]."]
