"""Tick marks of an axis of pixels, and the powers of ten that they tell."""

import numpy as np
import pytest

from ingest.charts.ink import Label, Stroke
from ingest.charts.raster.ticks import Ticks, ticks_of, with_powers, with_raised

AXIS = 60
BLACK = (0, 0, 0)


def axis(ticks, *, side=-1):
    """A mask with an upright axis and level ticks of (height, length) at one side of it."""
    drawn = np.zeros((320, 200), dtype=bool)
    drawn[:, AXIS - 1 : AXIS + 1] = True
    for y, length in ticks:
        first = AXIS - 2 - length if side < 0 else AXIS + 1
        drawn[y : y + 2, first : first + length + 1] = True
    return drawn


RULE = Stroke(points=((AXIS, 0.0), (AXIS, 320.0)), colour=BLACK)
LONG, SHORT = [(10, 6), (110, 6), (210, 6)], [(40, 4), (160, 4)]


@pytest.mark.parametrize("side", [-1, 1])
def test_ticks_are_found_at_both_sides_and_long_ones_told_apart(side):
    found = ticks_of(axis([*LONG, *SHORT], side=side), [RULE], None, 16)
    assert found.long == (11, 111, 211)
    assert found.all == (11, 41, 111, 161, 211)


def powers():
    return [
        Label(text=text, box=(30.0, y - 6.0, 50.0, y + 6.0))
        for text, y in (("100", 210), ("101", 110), ("102", 10))
    ]


def between(count):
    step = 100 / (count + 1)
    inner = [start + step * n for start in (10, 110) for n in range(1, count + 1)]
    return Ticks(axis=AXIS, long=(10, 110, 210), all=tuple(sorted([10, 110, 210, *inner])))


def test_eight_ticks_between_tell_that_tens_have_raised_powers():
    assert [x.text for x in with_powers(powers(), between(8))] == ["10⁰", "10¹", "10²"]


def digits(*boxes):
    """A white picture with a black box for each digit: x0, y0, x1, y1."""
    pixels = np.full((40, 60, 3), 255, dtype=np.uint8)
    for x0, y0, x1, y1 in boxes:
        pixels[y0:y1, x0:x1] = 0
    return pixels


TEN = [(5, 14, 11, 32), (14, 14, 24, 32)]
LABEL = Label(text="102", box=(2.0, 2.0, 44.0, 38.0))


def test_a_digit_that_stands_high_and_small_is_a_raised_power():
    pixels = digits(*TEN, (27, 8, 34, 20))

    assert [x.text for x in with_raised([LABEL], pixels, (255, 255, 255))] == ["10²"]
