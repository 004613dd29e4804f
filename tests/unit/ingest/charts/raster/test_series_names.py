"""Names of the series of charts that are pixels: by legends, and by words beside lines."""

import pytest
from builders_chart_drawing import BLUE, RED, XS, Drawing


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
