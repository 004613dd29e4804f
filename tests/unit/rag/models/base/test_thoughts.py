from hypothesis import given
from hypothesis import strategies as st

from rag.models.base.thoughts import without_thoughts


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
