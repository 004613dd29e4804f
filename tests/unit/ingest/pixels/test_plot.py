"""Lines and areas of data in the plot of a picture."""

import numpy as np
import pytest

from ingest.charts.ink import Ink
from ingest.charts.legend import Legend
from ingest.pixels.palette import palette_of
from ingest.pixels.plot import Seen, is_within, lines_in

BLUE = (30, 80, 200)


def seen():
    """Return a picture of 300 x 200 pixels with one blue line."""
    pixels = np.full((200, 300, 3), 255, dtype=np.uint8)
    for x in range(20, 280):
        y = 150 - x // 3
        pixels[y : y + 3, x] = BLUE
    lettering = np.zeros((200, 300), dtype=bool)
    return Seen(
        ink=Ink(), palette=palette_of(pixels, lettering), legend=Legend(), lettering=lettering
    )


def test_a_line_is_found_in_the_plot():
    assert len(lines_in(seen(), (20, 20, 280, 180))) == 1


@pytest.mark.parametrize(
    "plot",
    [(310, 20, 400, 180), (20, 210, 280, 300), (20, 180, 280, 20)],
    ids=["beside", "below", "upside down"],
)
def test_a_plot_outside_of_its_picture_is_not_within_it(plot):
    assert not is_within(plot, (200, 300))


def test_a_plot_that_is_cut_by_the_edge_is_within_its_picture():
    assert is_within((-5, 20, 400, 180), (200, 300))
