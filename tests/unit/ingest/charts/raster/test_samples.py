"""Samples of a legend and what they name, where their colours are not quite the same."""

import numpy as np

from ingest.charts.ink import Fill, Label
from ingest.charts.legend import Legend
from ingest.charts.raster.no_data import is_outline
from ingest.charts.raster.palette import Palette
from ingest.charts.raster.samples import touched_samples, true_colours
from ingest.charts.raster.words import without_samples

ORANGE, WORN, BLUE, GREEN = (255, 127, 14), (233, 135, 55), (31, 119, 180), (44, 160, 44)
GREY, DARK, BLACK = (153, 153, 153), (102, 102, 102), (20, 20, 20)


def box(x0, y0, x1, y1, colour):
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour=colour)


def test_a_sample_has_the_one_colour_near_to_its_own_that_no_other_names():
    legend = Legend(names=((WORN, "Roads"), (BLUE, "Parks")))

    assert true_colours(legend, [ORANGE, BLUE]) == {WORN: ORANGE}


def word(text, x0, x1, tint):
    return Label(text=text, box=(x0, 0.0, x1, 20.0), tint=tint)


def test_a_coloured_sign_before_a_name_is_its_sample():
    sample, name = word("IT", 0, 40, ORANGE), word("Farming", 50, 120, BLACK)

    assert without_samples([sample, name], 20.0) == [name]


def test_coloured_numbers_and_words_before_others_are_kept():
    value, word_, name = (
        word("12", 0, 40, ORANGE),
        word("Lake", 0, 40, ORANGE),
        word("Farming", 50, 120, BLACK),
    )

    assert without_samples([value, name], 20.0) == [value, name]
    assert without_samples([word_, name], 20.0) == [word_, name]


def test_a_grey_sliver_between_two_bars_is_the_line_between_them():
    upper, lower = box(0, 0, 90, 60, GREY), box(0, 63, 90, 120, GREY)
    sliver, alone = box(1, 60, 89, 63, DARK), box(1, 200, 89, 203, DARK)
    fills = [upper, sliver, lower, alone]

    assert [is_outline(one, fills) for one in fills] == [False, True, False, False]


def named(y):
    return Label(text="Farming", box=(60.0, y - 10.0, 130.0, y + 10.0))


def legend_of(second):
    """A palette of white, blue and orange: samples at 30 and at 60, the second of some width."""
    places = np.zeros((100, 200), dtype=np.int16)
    places[28:32, 20:50] = 1
    places[58:62, 20 : 20 + second] = 2
    return Palette(colours=((255, 255, 255), BLUE, ORANGE), places=places, grounds=(0,))


def test_a_line_before_a_name_as_far_as_other_samples_is_a_sample():
    first = box(20, 28, 50, 32, BLUE)

    (found,) = touched_samples([named(30), named(60)], [first], legend_of(30), 20.0)

    assert found.colour == ORANGE
    assert found.box == (20, 60.0, 50, 60.0)
