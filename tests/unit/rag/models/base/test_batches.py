"""Texts are batched by their lengths and come back in order; thoughts are left out of answers."""

from hypothesis import given
from hypothesis import strategies as st

from rag.models.base.computing import MAX_TOKENS, MIN_TOKENS, batched, computed
from rag.models.prompting import without_thoughts

LENGTHS = st.lists(st.integers(1, 700), max_size=60)
WORKERS = st.integers(1, 8)


@given(LENGTHS, WORKERS)
def test_each_text_is_in_one_batch_and_no_batch_is_too_large(lengths, workers):
    batches = batched(lengths, workers=workers)

    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[number] for number in batch)
        assert len(batch) == 1 or len(batch) * longest <= MAX_TOKENS


@given(st.integers(2, 8))
def test_each_worker_has_a_batch_where_texts_are_long_enough(workers):
    assert len(batched([MIN_TOKENS] * workers, workers=workers)) == workers


def test_texts_come_back_in_their_order():
    lengths = [7, 300, 2, 300, 90] * 9

    assert computed(lengths, list, length=int) == lengths


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
