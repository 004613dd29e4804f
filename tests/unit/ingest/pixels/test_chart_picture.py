"""Charts that are pixels: what is read of them, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from builders_chart_drawing import BASE, BLUE, HIGH, NAMES, RED, WIDE, XS, Drawing, at

from ingest.charts.table import NoChartError, UnreadableChartError
from ingest.layout.layout import Line
from ingest.pixels.words import labels_of
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


def test_bars_as_black_as_their_axis_are_read_though_it_joins_them():
    drawing = Drawing()
    drawing.draw.rectangle((60, 20, 390, BASE), outline="black", width=2)
    for x, value in zip(XS, (40, 65, 20, 80), strict=True):
        drawing.bar(x - 12, value, (0, 0, 0))
    drawing.names(XS, NAMES)
    assert numbers(drawing.grid)["South"] == pytest.approx([20], abs=1)


def test_outlines_of_bars_are_no_samples_of_a_legend():
    drawing = bars()
    for x, value in zip(XS, (40, 65, 20, 80), strict=True):
        drawing.draw.rectangle((x - 12, at(value), x + 11, BASE + 1), outline=(4, 19, 28), width=2)
    assert numbers(drawing.grid)["West"] == pytest.approx([80], abs=1)


def test_a_tick_in_the_colour_of_a_bar_makes_it_no_longer():
    drawing = bars()
    drawing.draw.line((XS[1], BASE, XS[1], BASE + 9), fill=BLUE, width=2)
    assert numbers(drawing.grid)["East"] == pytest.approx([65], abs=1)


def groups():
    drawing = Drawing()
    for x, one, other in zip(XS, (40, 65, 20, 50), (30, 25, 60, 45), strict=True):
        drawing.bar(x - 16, one, BLUE, wide=16)
        drawing.bar(x, other, RED, wide=16)
    drawing.legend(("Boats", BLUE), ("Trains", RED))
    return drawing


@pytest.mark.parametrize(
    "words", ["Airport Bahnhof Central Dockers", "Airport BahnhofCentral Dockers"]
)
def test_names_of_groups_that_are_read_as_one_line_are_cut_at_the_groups(words):
    drawing = groups()
    box = BBox.clamped(64 / WIDE, (BASE + 8) / HIGH, 296 / WIDE, (BASE + 20) / HIGH)
    drawing.lines.append(Line(text=words, bbox=box, confidence=0.99))
    assert numbers(drawing.grid)["Central"] == pytest.approx([20, 60], abs=1)


def test_pieces_of_a_grid_between_bars_are_no_bars():
    drawing = groups()
    drawing.names(XS, NAMES)
    for left, right in ((62, 73), (106, 133), (226, 253), (286, 390)):
        drawing.draw.rectangle((left, at(15), right, at(15) + 2), fill=(203, 203, 203))
    assert numbers(drawing.grid)["North"] == pytest.approx([40, 30], abs=1)


def test_short_names_on_a_slant_do_not_make_all_letters_look_large():
    drawing = groups()
    for x, name in zip(XS, ("Jan", "Feb", "Mar", "Apr"), strict=True):
        box = BBox.clamped((x - 18) / WIDE, (BASE + 6) / HIGH, (x + 4) / WIDE, (BASE + 28) / HIGH)
        drawing.lines.append(Line(text=name, bbox=box, confidence=0.99))
    assert numbers(drawing.grid)["Mar"] == pytest.approx([20, 60], abs=1)


def test_a_tick_that_is_read_as_a_dash_after_a_name_is_no_part_of_it():
    drawing = bars()
    drawing.lines[-1] = replace(drawing.lines[-1], text="West -")
    assert "West" in numbers(drawing.grid)


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


def test_a_line_whose_labels_name_all_its_points_has_no_others():
    drawing = Drawing()
    drawing.line((80, 160, 240, 320), (10, 60, 30, 70), BLUE)
    drawing.names((80, 160, 240, 320), ("2000", "2002", "2004", "2006"))
    assert list(numbers(drawing.grid)) == ["2000", "2002", "2004", "2006"]


def test_ticks_that_were_misread_are_no_scale():
    drawing = Drawing(ticks=("0", "52", "50", "17", "001"))
    for x, value in zip(XS, (40, 65, 20, 80), strict=True):
        drawing.bar(x - 12, value, BLUE)
    drawing.names(XS, NAMES)
    with pytest.raises(UnreadableChartError, match="no axis"):
        drawing.charts()


def test_names_below_a_line_that_are_read_as_one_are_cut_where_they_then_stand_evenly():
    drawing, xs = Drawing(), [90, 150, 210, 270, 330]
    drawing.line(xs, [20, 60, 40, 80, 30], BLUE)
    drawing.names([90, 150], ["Jan", "Feb"])
    drawing.words(270, BASE + 14, "Mar      Apr      May")

    assert [row[0] for row in drawing.grid[1:]] == ["Jan", "Feb", "Mar", "Apr", "May"]


def test_a_line_is_as_thick_as_letters_are_wide_and_no_area():
    drawing, xs = Drawing(), [90, 170, 250, 330]
    places = [(x, at(value)) for x, value in zip(xs, (20, 60, 40, 80), strict=True)]
    drawing.draw.line(places, fill=BLUE, width=7)
    drawing.names(xs, ["2001", "2002", "2003", "2004"])

    (chart,) = drawing.charts()

    assert chart.kind == "line chart"
    assert [round(float(row[1]) / 5) for row in chart.grid[1:]] == [4, 12, 8, 16]


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


def test_a_name_that_begins_small_among_others_may_have_lost_a_letter():
    names = ("Jan", "Feb", "Mar", "Apr", "May", "un")
    drawing = Drawing()
    for n, name in enumerate(names):
        drawing.bar(78 + 50 * n, 40 + 5 * n, BLUE)
        drawing.words(90 + 50 * n, BASE + 14, name)

    (chart,) = drawing.charts()

    assert "the first letter of a name was not read, it seems: un" in chart.warnings


def test_a_series_whose_name_begins_small_among_others_may_have_lost_a_letter():
    drawing = Drawing()
    colours = (BLUE, RED, (40, 150, 60), (150, 60, 160))
    for x in XS:
        for n, colour in enumerate(colours):
            drawing.bar(x - 24 + 12 * n, 20 + 5 * n, colour, wide=12)
    drawing.names(XS, NAMES)
    drawing.legend(*zip(("Boats", "Trains", "ourism", "Roads"), colours, strict=True))

    (chart,) = drawing.charts()

    assert "the first letter of a name was not read, it seems: ourism" in chart.warnings


def test_names_that_all_begin_small_are_whole():
    drawing = bars()
    drawing.lines[-4:] = [replace(x, text=x.text.lower()) for x in drawing.lines[-4:]]

    assert drawing.charts()[0].warnings == []


def test_a_line_without_a_name_is_refused_where_another_was_not_read():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.names(XS, NAMES)
    (plain,) = drawing.charts()
    dotted(drawing, XS, (95, 70, 90, 75), RED)

    assert plain.warnings == []
    with pytest.raises(UnreadableChartError, match="names of its series"):
        drawing.charts()


def test_marks_tell_the_points_of_a_line_between_ticks():
    drawing = Drawing()
    xs = range(80, 381, 50)
    values = (10, 60, 30, 70, 20, 45, 35)
    drawing.line(xs, values, BLUE)
    for x, value in zip(xs, values, strict=True):
        drawing.draw.rectangle((x - 6, at(value) - 6, x + 6, at(value) + 6), fill=BLUE)
    drawing.names(xs[::2], ("2000", "2002", "2004", "2006"))
    (chart,) = drawing.charts()

    assert [row[0] for row in chart.grid[1:]] == [str(year) for year in range(2000, 2007)]
    read = [float(row[1]) for row in chart.grid[1:]]
    assert np.abs(np.array(read) - values).max() < 1.5


def test_medians_of_box_plots_are_no_line():
    drawing = Drawing()
    for x, median in zip(XS, (30, 60, 45, 80), strict=True):
        box = (x - 18, at(median + 8), x + 18, at(median - 10))
        drawing.draw.rectangle(box, outline=(0, 0, 0))
        drawing.draw.line((x, at(median + 8), x, at(median + 16)), fill=(0, 0, 0))
        drawing.line((x - 17, x + 17), (median, median), RED)
    drawing.names(XS, NAMES)

    with pytest.raises(NoChartError):
        drawing.charts()


def test_a_line_without_a_hue_is_read_where_none_has_one():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), (20, 20, 20))
    drawing.names(XS, NAMES)
    (chart,) = drawing.charts()

    read = [float(row[1]) for row in chart.grid[1:]]
    assert np.abs(np.array(read) - (10, 60, 30, 70)).max() < 1.5


def test_values_that_are_small_beside_their_axis_are_told_to_be_coarse():
    small, large = bars((3, 4, 2, 5)), bars()

    assert any("drawn small" in text for text in small.charts()[0].warnings)
    assert large.charts()[0].warnings == []


def test_two_pieces_as_small_as_a_grid_are_no_bars():
    drawing = Drawing()
    for x, value in zip(XS, (3, 4), strict=False):
        drawing.bar(x - 12, value, BLUE)
    drawing.names(XS[:2], NAMES[:2])

    with pytest.raises(NoChartError):
        drawing.charts()


def test_a_tick_that_was_read_with_a_name_is_no_part_of_it():
    line = Line(text="Portugal-", bbox=BBox(x0=0.1, y0=0.1, x1=0.3, y1=0.15), confidence=0.9)

    assert [label.text for label in labels_of([line], WIDE, HIGH)] == ["Portugal"]


def test_days_that_were_read_as_one_line_are_told_apart():
    box = BBox(x0=0.1, y0=0.1, x1=0.5, y1=0.15)
    line = Line(text="2009-012009-04 2009-07", bbox=box, confidence=0.9)

    texts = [label.text for label in labels_of([line], WIDE, HIGH)]
    assert texts == ["2009-01", "2009-04", "2009-07"]


def days_of(text):
    line = Line(text=text, bbox=BBox(x0=0.1, y0=0.9, x1=0.9, y1=0.95), confidence=0.99)
    return labels_of([line], WIDE, HIGH)


def test_months_that_lie_over_each_other_share_a_digit_and_stand_as_in_time():
    labels = days_of("1995-01995-051995-09")

    assert [label.text for label in labels] == ["1995-01", "1995-05", "1995-09"]
    first, second, third = [label.middle[0] for label in labels]
    assert second - first == pytest.approx(third - second, rel=0.03)


def test_months_whose_digits_were_lost_follow_the_step_of_the_others():
    labels = days_of("2010-02010-052010-092011-012011-05")

    assert [x.text for x in labels] == ["2010-01", "2010-05", "2010-09", "2011-01", "2011-05"]


def test_days_that_do_not_follow_each_other_are_no_axis():
    assert len(days_of("2010-05-01 2010-03-01 2010-04-01")) == 1


def test_an_arc_that_was_read_as_a_letter_names_nothing():
    boxes = [BBox(x0=0.1, y0=0.1 * n, x1=0.3, y1=0.1 * n + 0.04) for n in range(1, 5)]
    small = [Line(text="North", bbox=box, confidence=0.9) for box in boxes]
    arc = Line(text="C", bbox=BBox(x0=0.4, y0=0.1, x1=0.8, y1=0.8), confidence=0.7)

    assert "C" not in [label.text for label in labels_of([*small, arc], WIDE, HIGH)]


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


def test_marks_of_an_axis_read_as_signs_after_its_numbers_are_left_out():
    made = Drawing(ticks=("0 -", "25-", "50 -", "75-", "100 -"))
    for x, value in zip((90, 160, 230), (30, 80, 55), strict=True):
        made.bar(x, value, BLUE)
    made.names((102, 172, 242), ("Roads", "Parks", "Water"))
    assert numbers(made.grid) == {"Roads": [30], "Parks": [80], "Water": [55]}


def scatter(pairs, colour=BLUE):
    """Dots at values of 0 to 60 along x and 0 to 100 along y."""
    drawing = Drawing()
    drawing.names((80, 180, 280, 380), ("0", "20", "40", "60"))
    for across, up in pairs:
        x, y = 80 + 5 * across, at(up)
        drawing.draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=colour)
    return drawing


PAIRS = [(5, 20), (13, 71), (24, 44), (33, 90), (46, 12), (57, 63)]


def test_dots_are_pairs_of_values():
    (chart,) = scatter(PAIRS).charts()
    assert chart.kind == "scatter plot"
    read = sorted((float(x), float(y)) for x, y in chart.grid[1:])
    assert read == [pytest.approx(pair, abs=1) for pair in PAIRS]


def test_dots_whose_axis_has_a_factor_elsewhere_are_refused():
    drawing = scatter(PAIRS)
    drawing.words(200, 8, "1e11")
    with pytest.raises(UnreadableChartError, match="factor"):
        drawing.charts()


QUARTERS = tuple(f"Q4 {year}" for year in range(2014, 2018))


def test_a_line_that_is_straight_between_its_days_is_read_at_these_alone():
    drawing = Drawing()
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.names(XS, QUARTERS)
    assert list(numbers(drawing.grid)) == list(QUARTERS)


def test_a_line_that_bends_between_its_days_is_read_at_months():
    drawing = Drawing()
    drawing.line(range(90, 275, 30), (10, 60, 30, 40, 20, 55, 40), BLUE)
    drawing.names(XS, QUARTERS)
    assert len(drawing.grid) > 30


def test_the_last_number_of_an_axis_is_none_of_the_names_below_it():
    """The plot has no frame, and its axis ends early: names tell how far lines may run."""
    drawing = Drawing()
    del drawing.lines[0]
    drawing.words(40, BASE, "0", high=8)
    drawing.draw.rectangle((62, BASE, 399, BASE), fill="white")
    drawing.draw.line((60, at(50), 240, at(50)), fill=(80, 80, 80))
    drawing.line(XS, (10, 60, 30, 70), BLUE)
    drawing.names(XS, NAMES)

    assert [row[0] for row in drawing.grid[1:]] == list(NAMES)


def test_numbers_at_the_right_edge_are_no_axis_of_what_is_beyond_the_picture():
    drawing = Drawing(ticks=())
    for n, text in enumerate(("0", "25", "50", "75", "100")):
        drawing.words(WIDE - 3.5 * len(text), at(25 * n), text)
    drawing.line(XS, (40, 65, 20, 80), BLUE)
    with pytest.raises(NoChartError):
        drawing.charts()
