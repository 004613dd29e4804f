"""Box plots that are pixels: what is read of them, and what is none."""

import pytest
from builders_chart_drawing import BLUE, NAMES, RED, XS, Drawing, at

ORANGE = (255, 127, 14)
FIVES = ((10, 30, 40, 60, 90), (20, 35, 50, 55, 70), (12, 12, 20, 60, 80), (5, 40, 45, 85, 95))


def boxes(*, fill=BLUE, median=ORANGE, caps=True, grid=False):
    drawing = Drawing()
    if grid:
        for value in range(0, 101, 25):
            drawing.draw.line((60, at(value), 390, at(value)), fill=(200, 200, 200))
    for x, five in zip(XS, FIVES, strict=True):
        box(drawing.draw, x, five, fill=fill, median=median, caps=caps)
    drawing.names(XS, NAMES)
    return drawing


def box(draw, x, five, *, fill, median, caps):
    low, first, middle, last, high = map(at, five)
    for begin, end in ((first, low), (last, high)):
        draw.line((x, begin, x, end), fill="black", width=2)
        if caps:
            draw.line((x - 6, end, x + 6, end), fill="black", width=2)
    draw.rectangle((x - 14, last, x + 14, first), fill=fill, outline="black", width=2)
    if median:
        draw.line((x - 12, middle, x + 12, middle), fill=median, width=2)


def values(chart):
    return [[float(cell) if cell else None for cell in row[1:]] for row in chart.grid[1:]]


@pytest.mark.parametrize(
    "how", [{}, {"fill": None}, {"caps": False}, {"fill": None, "grid": True}, {"median": "black"}]
)
def test_boxes_are_read_however_they_are_drawn(how):
    (chart,) = boxes(**how).charts()

    assert chart.kind == "box plot"
    assert [row[0] for row in chart.grid[1:]] == list(NAMES)
    for read, five in zip(values(chart), FIVES, strict=True):
        assert read == pytest.approx(five, abs=1.5)


def test_a_median_of_the_colour_of_its_box_is_not_made_up():
    drawing = boxes()
    box(drawing.draw, XS[1], FIVES[1], fill=RED, median=RED, caps=True)
    (chart,) = drawing.charts()

    assert values(chart)[1][2] is None
    assert "no median was seen of: East" in chart.warnings


def test_a_circle_beyond_a_whisker_is_told_and_does_not_lengthen_it():
    drawing = boxes()
    x = XS[1]
    drawing.draw.ellipse((x - 4, at(85) - 4, x + 4, at(85) + 4), outline="black", width=2)
    (chart,) = drawing.charts()

    assert values(chart)[1] == pytest.approx(FIVES[1], abs=1.5)
    assert chart.warnings == ["points beyond its whiskers are not in the table"]


def test_a_dashed_whisker_ends_at_its_cap_and_a_whole_one_before_the_mark_of_an_axis():
    drawing = boxes(caps=False)
    x, (low, first, *_) = XS[3], FIVES[3]
    for y in range(at(first) + 12, at(low), 16):
        drawing.draw.rectangle((x - 1, y, x + 1, y + 7), fill="white")
    drawing.draw.line((x - 6, at(low), x + 6, at(low)), fill="black", width=2)
    drawing.draw.line((XS[1], at(0) - 6, XS[1], at(0)), fill="black", width=2)
    (chart,) = drawing.charts()

    assert values(chart)[3] == pytest.approx(FIVES[3], abs=1.5)
    assert values(chart)[1] == pytest.approx(FIVES[1], abs=1.5)


def test_stacked_bars_with_a_hatch_are_no_boxes():
    drawing = Drawing()
    for x in XS:
        for low, high, colour in ((0, 30, BLUE), (30, 55, RED), (55, 90, ORANGE)):
            drawing.bar(x - 12, high - low, colour, above=low)
        for y in range(at(88), at(2), 8):
            drawing.draw.line((x - 12, y, x + 11, y + 6), fill="black", width=2)
    drawing.names(XS, NAMES)
    drawing.legend(("Boats", BLUE), ("Trains", RED), ("Roads", ORANGE))
    (chart,) = drawing.charts()

    assert chart.kind == "bar chart"
