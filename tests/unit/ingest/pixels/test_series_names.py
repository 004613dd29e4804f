"""Names of the series of charts that are pixels: by legends, and by words beside lines."""

from dataclasses import replace

import pytest
from builders_chart_drawing import BASE, BLUE, FAINT, NAMES, RED, WIDE, XS, Drawing, at

from ingest.layout.layout import Line
from rag.datamodel import BBox


def test_a_sample_that_was_read_as_the_begin_of_its_name_is_one():
    drawing = Drawing()
    for x, low, high in zip(XS, (40, 65, 20, 80), (55, 30, 45, 60), strict=True):
        drawing.bar(x - 24, low, BLUE)
        drawing.bar(x, high, FAINT)
    drawing.names(XS, NAMES)
    for n, (name, colour) in enumerate((("2019", BLUE), ("2020", FAINT))):
        drawing.draw.rectangle((250, 12 + 18 * n, 257, 19 + 18 * n), fill=colour)
        drawing.words(269, 16 + 18 * n, "x" * 6)
        last = drawing.lines.pop()
        drawing.lines.append(Line(text=name, bbox=last.bbox, confidence=0.99))

    assert drawing.grid[0] == ["Category", "2019", "2020"]


def test_lines_are_named_by_words_in_their_colour():
    drawing = Drawing()
    for values, colour in (((10, 20, 30, 40), BLUE), ((80, 60, 70, 90), RED)):
        drawing.line(XS, values, colour)
    drawing.names(XS, ("2001", "2002", "2003", "2004"))
    for y, colour, name in ((140, BLUE, "Rivers"), (48, RED, "Lakes")):
        drawing.draw.rectangle((165, y, 195, y + 1), fill=colour)  # letters, for who looks at hues
        drawing.words(180, y + 1, name)

    header, first, *_ = drawing.grid
    named = dict(zip(header[1:], map(float, first[1:]), strict=True))
    assert named == {"Rivers": pytest.approx(10, abs=1), "Lakes": pytest.approx(80, abs=1)}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((10, 20, 15, 20), [(at(35), "Trains"), (at(97), "Spending of the district")]),
        ((10, 5, 15, 10), [(at(95), "Boats"), (BASE + 30, "Trains")]),
    ],
)
def test_neither_a_wide_title_nor_words_below_the_names_of_places_name_a_line(values, words):
    """Each of the two words stands nearest to another line; one of them is no name."""
    drawing = Drawing()
    drawing.line(XS, (80, 75, 85, 80), BLUE)
    drawing.line(XS, values, RED)
    drawing.names(XS, NAMES)
    for y, text in words:
        drawing.words(180, y, text)

    (chart,) = drawing.charts()

    assert chart.grid[0][1:] == ["Series 1", "Series 2"]


def legend_of_lines(drawing, *entries, thick=3):
    """Samples as lines, right before the letters of their names."""
    for n, (name, colour) in enumerate(entries):
        y = 30 + 18 * n
        drawing.draw.line((250, y, 270, y), fill=colour, width=thick)
        drawing.words(276 + 3.5 * len(name), y, name)


def test_the_line_of_a_legend_that_was_read_with_its_name_is_its_sample():
    drawing = Drawing()
    drawing.line(XS, (10, 20, 15, 20), BLUE)
    drawing.line(XS, (50, 45, 55, 40), RED)
    drawing.names(XS, NAMES)
    legend_of_lines(drawing, ("Boats", BLUE), ("Trains", RED))
    drawing.lines[-1] = begun_at(drawing.lines[-1], 251)

    assert drawing.grid[0] == ["Category", "Boats", "Trains"]


def begun_at(line, x):
    return replace(line, bbox=BBox.clamped(x / WIDE, line.bbox.y0, line.bbox.x1, line.bbox.y1))


def test_a_name_of_a_legend_whose_line_was_not_found_is_told():
    drawing = Drawing()
    drawing.line(XS, (10, 20, 15, 20), BLUE)
    drawing.line(XS, (50, 45, 55, 40), RED)
    drawing.names(XS, NAMES)
    legend_of_lines(drawing, ("Boats", BLUE), ("Trains", RED))
    drawing.words(276 + 17.5, 66, "Roads")

    (chart,) = drawing.charts()

    assert "of its legend was not read: Roads" in chart.warnings


def test_a_grey_line_that_nothing_names_beside_coloured_ones_is_told():
    drawing = Drawing()
    drawing.line(XS, (10, 20, 15, 20), BLUE)
    drawing.line(XS, (50, 45, 55, 40), RED)
    drawing.line(XS, (60, 90, 65, 85), (150, 150, 150))
    drawing.names(XS, NAMES)
    legend_of_lines(drawing, ("Boats", BLUE), ("Trains", RED))

    (chart,) = drawing.charts()

    assert set(chart.grid[0]) == {"Category", "Boats", "Trains"}
    assert "lines of other colours were not read" in chart.warnings


def test_a_small_grey_sample_with_a_dark_edge_has_the_grey_of_its_bars():
    greys = ((120, 120, 120), (170, 170, 170))
    drawing = Drawing()
    for x in XS:
        for n, grey in enumerate(greys):
            drawing.bar(x - 16 + 16 * n, 20 + 20 * n + (x - 90) / 6, grey, wide=16)
    drawing.names(XS, NAMES)
    for n, (name, grey) in enumerate(zip(("Boats", "Trains"), greys, strict=True)):
        y = 30 + 18 * n
        drawing.draw.rectangle((250, y - 4, 270, y + 4), fill=grey, outline=(10, 10, 10))
        drawing.words(276 + 3.5 * len(name), y, name)

    assert drawing.grid[0] == ["Category", "Boats", "Trains"]


def test_a_grid_behind_the_line_of_a_legend_is_not_its_colour():
    drawing = Drawing()
    for y in (28, 32):
        drawing.draw.line((61, y, 390, y), fill=(204, 204, 204))
    drawing.line(XS, (10, 20, 15, 20), BLUE)
    drawing.line(XS, (50, 45, 55, 40), RED)
    drawing.names(XS, NAMES)
    legend_of_lines(drawing, ("Boats", BLUE), ("Trains", RED), thick=1)

    assert set(drawing.grid[0]) == {"Category", "Boats", "Trains"}


def test_a_grey_line_that_was_left_out_costs_no_others_that_words_name():
    drawing = Drawing()
    lines = (((10, 20, 15, 20), BLUE), ((80, 60, 70, 90), RED), ((45, 40, 50, 42), (150, 150, 150)))
    for values, colour in lines:
        drawing.line(XS, values, colour)
    drawing.names(XS, ("2001", "2002", "2003", "2004"))
    for y, colour, name in ((190, BLUE, "Rivers"), (48, RED, "Lakes")):
        drawing.draw.rectangle((165, y, 195, y + 1), fill=colour)
        drawing.words(180, y + 1, name)

    (chart,) = drawing.charts()

    assert set(chart.grid[0][1:]) == {"Rivers", "Lakes"}
    assert "lines of other colours were not read" in chart.warnings
