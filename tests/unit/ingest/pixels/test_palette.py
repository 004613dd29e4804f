"""The few colours of a drawing."""

import numpy as np

from ingest.pixels.palette import palette_of

GREY = (104, 104, 104)


def test_a_grey_that_edges_of_letters_have_too_is_a_colour_where_it_is_drawn():
    pixels = np.full((200, 300, 3), 255, dtype=np.uint8)
    lettering = np.zeros((200, 300), dtype=bool)
    for x in range(10, 200, 6):
        pixels[10:40, x : x + 4] = GREY
        pixels[11:39, x + 1 : x + 3] = 0
    lettering[5:45, :210] = True
    pixels[100:112, 50:62] = pixels[150:162, 90:102] = GREY
    pixels[100:112, 150:162] = pixels[150:162, 150:165] = 0

    assert GREY in palette_of(pixels, lettering).colours
