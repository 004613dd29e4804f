"""Marks of scatter plots that are pixels: found where they stand, and no letters or lines."""

import numpy as np
import pytest

from ingest.pixels.marks import marks_of

BLUE = (30, 100, 180)
FORM = np.hypot(*np.mgrid[-4:5, -4:5]) <= 4.2


def plot(middles, form=FORM, shape=(120, 160)):
    """A mask with a form around each place."""
    drawn = np.zeros(shape, dtype=bool)
    for x, y in middles:
        drawn[y - 4 : y + 5, x - 4 : x + 5] |= form
    return drawn


def marks(own, others=None, at=(0.0, 0.0)):
    others = np.zeros_like(own) if others is None else others
    return marks_of(own, others, ~(own | others), BLUE, at=at, em=16)


def places(found):
    """The pixels in which middles lie."""
    return sorted((int(x), int(y)) for x, y in found.middles)


APART = [(20, 20), (60, 90), (100, 30), (140, 70)]


def test_two_marks_that_touch_are_two():
    assert places(marks(plot([*APART, (67, 96)]))) == sorted([*APART, (67, 96)])


def test_a_mark_half_under_another_colour_is_found():
    own, others = plot(APART), plot([(143, 70)])
    assert places(marks(own & ~others, others)) == APART


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_shapes_are_no_marks(count):
    assert marks(plot(APART[:count])) is None


def test_dots_in_an_even_row_are_a_line():
    assert marks(plot([(x, 50) for x in range(10, 150, 14)])) is None
