"""Rectangles of one colour: what is drawn over them, and the shades beside what is darker."""

import numpy as np

from ingest.charts.raster.bar_shapes import shapes_in
from ingest.charts.raster.palette import palette_of

BLACK, GREY, PALE, WHITE = (0, 0, 0), (102, 102, 102), (178, 178, 178), (255, 255, 255)
EM = 32.0


def picture():
    return np.full((300, 400, 3), 255, dtype=np.uint8)


def boxes(pixels, colour):
    palette = palette_of(pixels, np.zeros(pixels.shape[:2], dtype=bool))
    fills, _ = shapes_in(palette, [], EM)
    return [fill.box for fill in fills if fill.colour == colour]


def test_a_bar_goes_on_below_what_is_drawn_over_it():
    pixels = picture()
    pixels[40:260, 100:140] = PALE
    pixels[150:157, 100:140] = BLACK

    assert boxes(pixels, PALE) == [(100, 40, 140, 260)]
