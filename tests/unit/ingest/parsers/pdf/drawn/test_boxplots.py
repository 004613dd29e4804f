"""Box plots are found on a page by their rules; grids and tables are none."""

from ingest.parsers.pdf.drawn.boxplots import box_plots
from ingest.parsers.pdf.drawn.drawings import Drawings

WHOLE = (100, 120, 230, 300)


def level(x0, x1, y):
    return (x0, y, x1, y)


def upright(x, y0, y1):
    return (x, y0, x, y1)


def drawn(*, medians=True):
    """Return two boxes beside each other, as rules."""
    rules, sides = [], []
    for x0, x1, top, bottom in ((100, 130, 180, 240), (200, 230, 160, 260)):
        rules += [level(x0, x1, top), level(x0, x1, bottom)]
        rules += [level(x0, x1, 210)] if medians else []
        middle = (x0 + x1) / 2
        sides += [upright(x0, top, bottom), upright(x1, top, bottom)]
        sides += [upright(middle, 120, top), upright(middle, bottom, 300)]
    return Drawings(horizontal=rules, vertical=sides)


def test_boxes_with_their_whiskers_are_one_plot():
    assert box_plots(drawn()) == [WHOLE]


def test_lying_ones_are_found_too():
    upright_ones = drawn()
    turned = Drawings(
        horizontal=[(y0, x0, y1, x1) for x0, y0, x1, y1 in upright_ones.vertical],
        vertical=[(y0, x0, y1, x1) for x0, y0, x1, y1 in upright_ones.horizontal],
    )

    assert box_plots(turned) == [(120, 100, 300, 230)]


def test_without_a_median_nothing_shows_that_they_are_boxes():
    assert box_plots(drawn(medians=False)) == []


def test_a_grid_with_a_tick_at_its_middle_is_none():
    rules = [level(100, 300, y) for y in range(100, 301, 50)]

    assert box_plots(Drawings(horizontal=rules, vertical=[upright(200, 300, 305)])) == []
