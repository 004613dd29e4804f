"""Marks of a growing answer are resolved as those of a whole one, and each but once."""

import time

import pytest
from builders_answer import MARMOTS, WINTER, chunk, hit, resolve_marks

from rag.answer.base.citations import GrowingMarks
from rag.datamodel import Context

CONTEXT = Context(hits=(hit(chunk("w", WINTER)), hit(chunk("m", MARMOTS), rank=2)))
TEXT = (
    "Snow lay “317 cm deep” [1]. Marmots sleep [2, 1]\n[7] and [not a mark] eat\n\n"
    "- grass [2] [1]\n[2] \nIt fell [9] [9, 1"
)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_marks_of_a_growing_text_are_those_of_the_whole(size):
    growing = GrowingMarks(CONTEXT)
    for end in range(size, len(TEXT) + size, size):
        assert growing.read(TEXT[:end]) == resolve_marks(TEXT[:end], CONTEXT)


def seconds(pieces):
    growing, text = GrowingMarks(CONTEXT), ""
    begin = time.thread_time()
    for _ in range(pieces):
        text += "Snow lay deep in March 1999 [1].\n"
        growing.read(text)
    return time.thread_time() - begin


def test_eight_times_the_pieces_take_about_eight_times_the_time():
    """With the square of them it would be 64 times; a busy machine may double single times."""
    seconds(50)
    once = min(seconds(200) for _ in range(3))

    assert min(seconds(1600) for _ in range(3)) < 24 * once
