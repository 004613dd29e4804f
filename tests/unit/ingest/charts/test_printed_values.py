"""Charts without an axis of numbers: their values are printed at bars and points."""

import pytest

from ingest.charts.forms.read import read_charts
from ingest.charts.ink import Fill, Ink, Label, Stroke
from ingest.charts.table import NoChartError, UnreadableChartError

BLUE, RED, GREY = (30, 100, 180), (200, 60, 40), (220, 220, 220)


def words(text, x, y):
    wide = 6 * len(text)
    return Label(text=text, box=(x - wide / 2, y - 5, x + wide / 2, y + 5))


def box(x0, y0, x1, y1, colour):
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour=colour)


ROWS = ("North", "East", "South", "West")


def level_bars(values, printed, colour=BLUE, top=100):
    """Bars of two units of length each, from x = 100, each with what is printed in it."""
    fills = [
        box(100, top + 40 * n, 100 + 2 * v, top + 20 + 40 * n, colour) for n, v in enumerate(values)
    ]
    labels = [words(name, 60, top + 10 + 40 * n) for n, name in enumerate(ROWS)]
    labels += [words(text, 112, top + 10 + 40 * n) for n, text in enumerate(printed) if text]
    return fills, labels


def grid_of(fills, labels, strokes=()):
    (chart,) = read_charts(Ink(fills=fills, labels=labels, strokes=strokes))
    return chart


def test_a_bar_without_a_value_is_read_by_the_length_of_the_others():
    chart = grid_of(*level_bars((40, 60, 25, 80), ("40", "60", "", "80")))

    assert [row[1] for row in chart.grid[1:]] == ["40", "60", "25.0", "80"]
    assert chart.within


def test_values_that_fit_no_length_are_refused():
    fills, labels = level_bars((40, 60, 25, 80), ("80", "20", "60", ""))
    with pytest.raises(UnreadableChartError, match="not as long"):
        read_charts(Ink(fills=fills, labels=labels))


YEARS = (2018, 2019, 2020, 2021, 2022)
XS = (100, 150, 200, 250, 300)


def line(values, colour):
    points = tuple((x, 300 - 2 * v) for x, v in zip(XS, values, strict=True))
    return Stroke(points=points, colour=colour, width=2.0)


def plotted(*, odd=0):
    """Two lines with a value at most points, years below, and words beside them."""
    up, down = (40, 52, 55, 61, 70), (30, 22, 25, 18, 10)
    labels = [words(str(year), x, 320) for x, year in zip(XS, YEARS, strict=True)]
    labels += [
        words(str(v + odd * n), x, 290 - 2 * v) for n, (x, v) in enumerate(zip(XS, up, strict=True))
    ]
    labels += [words(str(v), x, 310 - 2 * v) for x, v in zip(XS[:4], down[:4], strict=True)]
    labels += [words("Roads", 200, 160), words("Parks", 200, 275)]
    return Ink(strokes=[line(up, BLUE), line(down, RED)], labels=labels)


def test_lines_are_read_by_the_values_at_their_points_and_named_by_what_stands_beside_them():
    (chart,) = read_charts(plotted())

    table = {row[0]: dict(zip(chart.grid[0][1:], row[1:], strict=True)) for row in chart.grid[1:]}
    assert table["2020"] == {"Roads": "55", "Parks": "25"}
    assert float(table["2022"]["Parks"]) == pytest.approx(10, abs=0.3)
    assert not chart.warnings


def test_values_at_points_that_lie_on_no_scale_are_not_trusted():
    with pytest.raises(UnreadableChartError):
        read_charts(plotted(odd=17))


def test_a_line_that_is_drawn_piece_by_piece_in_any_order_is_one():
    (whole,) = read_charts(plotted())
    ink = plotted()
    first, second = ink.strokes
    pieces = [
        Stroke(points=pair[::-1], colour=BLUE, width=2.0)
        for pair in zip(first.points, first.points[1:], strict=False)
    ]
    (chart,) = read_charts(Ink(strokes=[*pieces[::2], *pieces[1::2], second], labels=ink.labels))

    assert sorted(chart.grid[0]) == sorted(whole.grid[0])
    assert len(chart.grid) == len(whole.grid)


def upright_bars(values, names, groups=()):
    """Bars of one colour with values in them; names below, and below these those of groups."""
    xs = [100 + 40 * n for n in range(len(values))]
    fills = [box(x - 12, 200 - v, x + 12, 200, BLUE) for x, v in zip(xs, values, strict=True)]
    labels = [words(str(v), x, 190) for x, v in zip(xs, values, strict=True)]
    labels += [words(name, x, 212) for x, name in zip(xs, names, strict=True)]
    return fills, [*labels, *(words(name, x, 240) for name, x in groups)]


def test_bars_with_the_same_names_in_each_group_have_the_groups_before_them():
    names = ("2019", "2020", "2019", "2020")
    chart = grid_of(*upright_bars((40, 60, 25, 80), names, [("Rural", 120), ("Urban", 200)]))

    assert [row[0] for row in chart.grid[1:]] == [
        "Rural 2019",
        "Rural 2020",
        "Urban 2019",
        "Urban 2020",
    ]


def test_a_name_below_the_bars_that_has_no_value_is_told():
    fills, labels = upright_bars((40, 60, 25), ("Oslo", "Bern", "Rome"))
    chart = grid_of(fills, [*labels, words("Wien", 220, 212)])

    assert chart.warnings == ["of its axis was not read: Wien"]


def test_bars_of_which_few_have_values_that_fit_their_lengths_are_a_chart_that_was_not_read():
    values = (40, 60, 25, 80, 30, 50, 70)
    fills = [box(100, 20 + 40 * n, 100 + 2 * v, 40 + 40 * n, BLUE) for n, v in enumerate(values)]
    told = [words(str(values[n]), 112, 30 + 40 * n) for n in (0, 1, 3)]
    with pytest.raises(UnreadableChartError) as raised:
        read_charts(Ink(fills=fills, labels=told))
    assert not isinstance(raised.value, NoChartError)
