"""Names of the series of charts that are pixels: by legends, and by words beside lines."""

import pytest
from builders_chart_drawing import BLUE, NAMES, RED, XS, Drawing


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


def legend_of_lines(drawing, *entries, thick=3):
    """Samples as lines, right before the letters of their names."""
    for n, (name, colour) in enumerate(entries):
        y = 30 + 18 * n
        drawing.draw.line((250, y, 270, y), fill=colour, width=thick)
        drawing.words(276 + 3.5 * len(name), y, name)


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
