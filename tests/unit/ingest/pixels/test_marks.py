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


def test_marks_apart_are_found_in_the_pixel_of_their_middle():
    found = marks(plot(APART))
    assert places(found) == APART
    assert not found.hides


def test_places_are_told_from_the_corner_of_the_plot():
    assert places(marks(plot(APART), at=(30.0, 7.0))) == [(x + 30, y + 7) for x, y in APART]


def test_two_marks_that_touch_are_two():
    assert places(marks(plot([*APART, (67, 96)]))) == sorted([*APART, (67, 96)])


def test_two_small_marks_that_overlap_are_two_or_a_doubt():
    assert marks(plot([*APART, (61, 97)])).hides


def test_a_mark_half_under_another_colour_is_found():
    own, others = plot(APART), plot([(143, 70)])
    assert places(marks(own & ~others, others)) == APART


def test_a_mark_nearly_all_under_others_is_told_as_doubt():
    assert marks(plot([*APART, (62, 91), (58, 92), (60, 88)])).hides


def test_marks_are_no_rectangles_as_bars_would_be():
    assert all(len(fill.points) == 4 and not fill.is_rectangle for fill in marks(plot(APART)).fills)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_shapes_are_no_marks(count):
    assert marks(plot(APART[:count])) is None


def test_a_thick_line_is_no_marks():
    own = np.zeros((120, 160), dtype=bool)
    own[50:54, 5:150] = True
    assert marks(own) is None


def test_dots_in_an_even_row_are_a_line():
    assert marks(plot([(x, 50) for x in range(10, 150, 14)])) is None


def test_shapes_of_many_sizes_are_letters():
    own = np.zeros((120, 160), dtype=bool)
    for n, side in enumerate((4, 7, 10, 13, 16)):
        own[10 : 10 + side, 10 + 25 * n : 10 + 25 * n + 2 * n + 5] = True
    assert marks(own) is None
