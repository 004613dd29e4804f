"""Charts that are pixels: what is read of them, and what is refused."""

import io

import numpy as np
import pytest
from builders_chart_drawing import BASE, BLUE, HIGH, NAMES, RED, WIDE, XS, Drawing, at
from PIL import Image, ImageDraw

from ingest.charts.ink import Label
from ingest.charts.raster.palette import frayed, palette_of, smoothed
from ingest.charts.raster.shapes import shapes_in
from ingest.charts.raster.traces import Trace, points_at
from ingest.charts.raster.words import labels_of, without_samples
from ingest.charts.table import UnreadableChartError
from ingest.layout.layout import Line
from rag.datamodel import BBox


def numbers(grid):
    return {row[0]: [float(cell) if cell else None for cell in row[1:]] for row in grid[1:]}


def bars(values=(40, 65, 20, 80)):
    drawing = Drawing()
    for x, value in zip(XS, values, strict=True):
        drawing.bar(x - 12, value, BLUE)
    drawing.names(XS, NAMES)
    return drawing


def test_bars_are_read_by_the_scale_beside_them():
    read = numbers(bars().grid)
    assert read == {
        name: [pytest.approx(value, abs=1)]
        for name, value in zip(NAMES, (40, 65, 20, 80), strict=True)
    }


def test_how_far_values_may_be_off_is_told():
    (chart,) = bars().charts()
    assert chart.kind == "bar chart"
    assert 0.2 <= float(chart.within) <= 2


def test_groups_of_bars_are_series_by_the_colours_of_the_legend():
    drawing = Drawing()
    for x, one, other in zip(XS, (40, 65, 20, 50), (30, 25, 60, 45), strict=True):
        drawing.bar(x - 16, one, BLUE, wide=16)
        drawing.bar(x, other, RED, wide=16)
    drawing.names(XS, NAMES)
    drawing.legend(("Boats", BLUE), ("Trains", RED))
    assert drawing.grid[0] == ["Category", "Boats", "Trains"]
    assert numbers(drawing.grid)["South"] == pytest.approx([20, 60], abs=1)


def test_stacked_bars_of_a_pattern_are_as_long_as_they_are():
    drawing = Drawing()
    for x, one, other in zip(XS, (40, 45, 20, 30), (30, 25, 35, 45), strict=True):
        drawing.bar(x - 12, one, BLUE)
        drawing.bar(x - 12, other, RED, above=one)
        for y in range(at(one), BASE, 8):
            drawing.draw.line((x - 12, y, x + 11, y), fill=(0, 0, 0))
    drawing.names(XS, NAMES)
    drawing.legend(("Boats", BLUE), ("Trains", RED))
    assert numbers(drawing.grid)["East"] == pytest.approx([45, 25], abs=1)


def groups():
    drawing = Drawing()
    for x, one, other in zip(XS, (40, 65, 20, 50), (30, 25, 60, 45), strict=True):
        drawing.bar(x - 16, one, BLUE, wide=16)
        drawing.bar(x, other, RED, wide=16)
    drawing.legend(("Boats", BLUE), ("Trains", RED))
    return drawing


def test_short_names_on_a_slant_do_not_make_all_letters_look_large():
    drawing = groups()
    for x, name in zip(XS, ("Jan", "Feb", "Mar", "Apr"), strict=True):
        box = BBox.clamped((x - 18) / WIDE, (BASE + 6) / HIGH, (x + 4) / WIDE, (BASE + 28) / HIGH)
        drawing.lines.append(Line(text=name, bbox=box, confidence=0.99))
    assert numbers(drawing.grid)["Mar"] == pytest.approx([20, 60], abs=1)


def test_lines_that_cross_are_read_at_the_names_below_them():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.line(XS, (50, 20, 80, 40), RED)
    drawing.names(XS, NAMES)
    drawing.legend(("Boats", BLUE), ("Trains", RED))
    read = numbers(drawing.grid)
    assert [read[name] for name in NAMES] == [
        pytest.approx(pair, abs=1.5) for pair in ((10, 50), (60, 20), (30, 80), (70, 40))
    ]


def test_years_between_the_labelled_ones_are_read_where_a_line_bends_there():
    drawing = Drawing()
    drawing.line(range(80, 330, 40), (10, 60, 30, 70, 20, 65, 35), BLUE)
    drawing.names((80, 160, 240, 320), ("2000", "2002", "2004", "2006"))
    assert list(numbers(drawing.grid)) == [str(year) for year in range(2000, 2007)]


def test_ticks_that_were_misread_are_no_scale():
    drawing = Drawing(ticks=("0", "52", "50", "17", "001"))
    for x, value in zip(XS, (40, 65, 20, 80), strict=True):
        drawing.bar(x - 12, value, BLUE)
    drawing.names(XS, NAMES)
    with pytest.raises(UnreadableChartError, match="no axis"):
        drawing.charts()


def test_lines_over_names_that_were_not_all_read_are_refused():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.names(XS[1:], NAMES[1:])
    with pytest.raises(UnreadableChartError, match="no names"):
        drawing.charts()


def dotted(drawing, xs, values, colour):
    for x in range(xs[0], xs[-1], 12):
        y = at(np.interp(x, xs, values))
        drawing.draw.rectangle((x, y - 2, x + 4, y + 2), fill=colour)


def test_a_line_of_dots_that_is_not_followed_is_told():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.names(XS, NAMES)
    drawing.legend(("North", BLUE), ("South", (40, 150, 60)))
    dotted(drawing, XS, (95, 70, 90, 75), RED)
    (chart,) = drawing.charts()

    assert "lines of other colours were not read" in chart.warnings


def test_a_table_with_empty_cells_says_that_these_were_not_read():
    """The red line ends before the last name, or something covers it there: nobody can tell."""
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.line(XS[:3], (50, 20, 80), RED)
    drawing.names(XS, NAMES)
    drawing.legend(("Boats", BLUE), ("Trains", RED))

    (chart,) = drawing.charts()

    assert chart.grid[-1][2] == ""
    assert "what may belong in its empty cells was not read" in chart.warnings


def test_a_line_without_a_name_is_refused_where_another_was_not_read():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.names(XS, NAMES)
    (plain,) = drawing.charts()
    dotted(drawing, XS, (95, 70, 90, 75), RED)

    assert plain.warnings == []
    with pytest.raises(UnreadableChartError, match="names of its series"):
        drawing.charts()


def test_marks_that_stand_apart_are_no_line():
    drawing = Drawing()
    for x in range(70, 380, 24):
        drawing.draw.ellipse((x, 100 + x % 70, x + 6, 106 + x % 70), fill=BLUE)
    drawing.names(XS, NAMES)
    with pytest.raises(UnreadableChartError):
        drawing.charts()


def test_a_picture_with_few_numbers_is_no_chart():
    drawing = Drawing(ticks=("0",))
    assert drawing.charts() == []


def scatter(pairs, colour=BLUE):
    """Dots at values of 0 to 60 along x and 0 to 100 along y."""
    drawing = Drawing()
    drawing.names((80, 180, 280, 380), ("0", "20", "40", "60"))
    for across, up in pairs:
        x, y = 80 + 5 * across, at(up)
        drawing.draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=colour)
    return drawing


PAIRS = [(5, 20), (13, 71), (24, 44), (33, 90), (46, 12), (57, 63)]


def test_dots_are_pairs_of_values_those_that_overlap_too():
    (chart,) = scatter([*PAIRS, (34, 89)]).charts()

    assert chart.kind == "scatter plot"
    read = sorted(tuple(map(float, row)) for row in chart.grid[1:])
    assert np.array(read) == pytest.approx(np.array([*PAIRS[:4], (34, 89), *PAIRS[4:]]), abs=1.0)


def test_the_months_between_the_labelled_ones_are_read_where_a_line_bends_there():
    drawing = Drawing()
    months = [f"2020-{n:02d}-01" for n in range(1, 8)]
    xs = [90 + 48 * n for n in range(7)]
    drawing.line(xs, (20, 80, 30, 60, 10, 90, 40), BLUE)
    drawing.names(xs[::2], [month[:7] for month in months[::2]])

    assert [row[0] for row in drawing.grid[1:]] == months
    read = [float(row[1]) for row in drawing.grid[1:]]
    assert read == pytest.approx([20, 80, 30, 60, 10, 90, 40], abs=2)


def test_numbers_that_touch_each_other_are_the_ticks_that_they_are():
    drawing = Drawing(ticks=())
    for n, (name, value) in enumerate(zip(NAMES, (50, 150, 100, 200), strict=True)):
        drawing.draw.rectangle((61, 40 + 50 * n, 60 + value, 64 + 50 * n), fill=BLUE)
        drawing.words(30, 52 + 50 * n, name)
    drawing.words(60, BASE + 14, "0")
    drawing.words(210, BASE + 14, "50,000100,000150,000200,000", high=12)

    assert len(drawing.grid) == 5


def test_words_above_all_others_are_the_title():
    drawing = bars()
    drawing.words(200, 8, "Catch by coast")

    assert drawing.charts()[0].title == "Catch by coast"
    assert bars().charts()[0].title == ""


def lines_drawn():
    picture = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    for x in range(100, 700, 40):
        draw.line((x, 550, x + 30, 60), fill=(30, 100, 180), width=3)
    return np.asarray(picture)


def jpeg(pixels, quality):
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


def test_the_shades_that_jpeg_makes_beside_edges_are_gone():
    clean = lines_drawn()
    worn = jpeg(clean, 40)

    assert smoothed(clean) is clean
    assert frayed(worn) > 0.08
    assert frayed(smoothed(worn)) < 0.02


ORANGE, BLACK = (255, 127, 14), (20, 20, 20)
SIGNS = [("2012-03", 0.0), ("— Farming", 0.5)]


def sign(text, x0, x1, tint):
    return Label(text=text, box=(x0, 0.0, x1, 20.0), tint=tint)


def test_a_coloured_sign_before_a_name_is_its_sample():
    sample, name = sign("IT", 0, 40, ORANGE), sign("Farming", 50, 120, BLACK)

    assert without_samples([sample, name], 20.0) == [name]


def test_coloured_numbers_and_words_before_others_are_kept():
    value, word_, name = (
        sign("12", 0, 40, ORANGE),
        sign("Lake", 0, 40, ORANGE),
        sign("Farming", 50, 120, BLACK),
    )

    assert without_samples([value, name], 20.0) == [value, name]
    assert without_samples([word_, name], 20.0) == [word_, name]


def test_a_day_keeps_the_hyphens_that_a_sample_would_be_read_as():
    lines = [Line(text=text, bbox=BBox(x0=0, y0=y, x1=0.2, y1=y + 0.1)) for text, y in SIGNS]

    assert [x.text for x in labels_of(lines, 500, 200)] == ["2012-03", "Farming"]


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


SHADE, PALE = (0, 0, 0), (178, 178, 178)
EM = 32.0


def white():
    return np.full((300, 400, 3), 255, dtype=np.uint8)


def boxes(pixels, colour):
    palette = palette_of(pixels, np.zeros(pixels.shape[:2], dtype=bool))
    fills, _ = shapes_in(palette, [], EM)
    return [fill.box for fill in fills if fill.colour == colour]


def test_a_bar_goes_on_below_what_is_drawn_over_it():
    pixels = white()
    pixels[40:260, 100:140] = PALE
    pixels[150:157, 100:140] = SHADE

    assert boxes(pixels, PALE) == [(100, 40, 140, 260)]


@pytest.mark.parametrize(
    ("places", "expected"), [((10.0, 30.0), [(10.0, 5), (30.0, 5)]), ((90.0,), [])]
)
def test_a_line_has_points_only_where_it_is(places, expected):
    line = Trace(colour=BLUE, left=0, heights=np.full(40, 5.0))

    assert points_at(line, places) == [(x, pytest.approx(y)) for x, y in expected]
