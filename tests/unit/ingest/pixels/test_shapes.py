"""Rectangles of one colour: what is drawn over them, and the shades beside what is darker."""

import numpy as np

from ingest.pixels.bar_shapes import shapes_in
from ingest.pixels.palette import palette_of

BLACK, GREY, PALE, WHITE = (0, 0, 0), (102, 102, 102), (178, 178, 178), (255, 255, 255)
EM = 32.0


def picture():
    return np.full((300, 400, 3), 255, dtype=np.uint8)


def boxes(pixels, colour):
    palette = palette_of(pixels, np.zeros(pixels.shape[:2], dtype=bool))
    fills, _ = shapes_in(palette, [], EM)
    return [fill.box for fill in fills if fill.colour == colour]


def test_the_shades_that_a_turn_leaves_beside_an_outline_are_no_part_of_a_bar():
    pixels = picture()
    pixels[40:260, 100:128] = BLACK
    pixels[43:257, 103:125] = PALE
    pixels[40:260, 60:103] = BLACK
    pixels[43:257, 63:100] = GREY
    for y in range(50, 240, 24):
        pixels[y : y + 5, 99] = PALE

    assert boxes(pixels, PALE) == [(103, 43, 125, 257)]


def test_a_digit_as_high_as_a_narrow_bar_does_not_cut_it():
    pixels = picture()
    pixels[100:140, 100:109] = (220, 216, 199)
    pixels[114:126, 102:107] = BLACK
    pixels[200:240, 40:90] = BLACK

    assert boxes(pixels, (220, 216, 199)) == [(100, 100, 109, 140)]


def test_a_bar_goes_on_below_what_is_drawn_over_it():
    pixels = picture()
    pixels[40:260, 100:140] = PALE
    pixels[150:157, 100:140] = BLACK

    assert boxes(pixels, PALE) == [(100, 40, 140, 260)]


def test_bars_are_two_where_the_ground_is_between_them():
    pixels = picture()
    pixels[40:260, 100:140] = PALE
    pixels[150:157, 100:140] = WHITE

    assert boxes(pixels, PALE) == [(100, 40, 140, 150), (100, 157, 140, 260)]
