"""Charts as lines, fills and words: what is read of them, and what is refused."""

import math

import pytest

from ingest.charts.axes import find_scales
from ingest.charts.ink import Fill, Ink, Label, Stroke
from ingest.charts.numbers import amount, day_of
from ingest.charts.read import read_charts
from ingest.charts.table import (
    SERIES_UNNAMED,
    Chart,
    NoChartError,
    UnreadableChartError,
    without_unnamed,
)

BLUE, RED, BLACK = (20, 60, 200), (200, 40, 30), (0, 0, 0)


def label(text, x, y, *, angle=0):
    """A label whose middle is at x, y."""
    wide = 5 * len(text)
    return Label(text=text, box=(x - wide / 2, y - 5, x + wide / 2, y + 5), angle=angle)


def ended(text, x, y):
    """A label that ends at x."""
    return Label(text=text, box=(x - 5 * len(text), y - 5, x, y + 5))


def box(x0, y0, x1, y1, colour=BLUE):
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)), colour=colour)


def axis(*texts, top=100, bottom=300, x=90):
    """Tick labels from the bottom up, evenly spaced."""
    step = (bottom - top) / (len(texts) - 1)
    return [ended(text, x, bottom - step * n) for n, text in enumerate(texts)]


def below(*names, x=120, step=40, y=312):
    return [label(name, x + step * n, y) for n, name in enumerate(names)]


def bars(*heights, x=110, step=40, base=300, colour=BLUE):
    return [
        box(x + step * n, base - high, x + 20 + step * n, base, colour)
        for n, high in enumerate(heights)
    ]


def line(*heights, x=120, step=40, colour=BLUE):
    points = tuple((x + step * n, 300 - high) for n, high in enumerate(heights))
    return Stroke(points=points, colour=colour)


def grid_of(ink):
    (chart,) = read_charts(ink)
    return cells(chart.grid)


def cells(grid):
    """Rows with their numbers as numbers."""
    return [grid[0], *([row[0], *(number(cell) for cell in row[1:])] for row in grid[1:])]


def number(cell):
    found = amount(cell)
    return cell if found is None or "%" in cell else found.value


TENS = ("0", "10", "20", "30", "40")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,250", 1250),
        ("12 500", 12500),
        ("-3.5", -3.5),
        ("\u22127", -7),
        ("(40)", -40),
        ("$2.5M", 2.5e6),
        ("45%", 45),
        ("1e-3", 0.001),
    ],
)
def test_a_tick_label_is_a_number(text, value):
    assert amount(text).value == pytest.approx(value)


def test_days_quarters_and_months_follow_each_other():
    days = [day_of(text) for text in ("2019-12-31", "Q1 2020", "Feb 2020", "3 Mar 20")]

    assert days == sorted(days)
    assert day_of("May") is None


def test_an_axis_of_powers_is_not_taken_for_one_of_numbers():
    assert find_scales(Ink(labels=axis("100", "101", "102", "103")), 1) == []


def test_a_factor_at_the_end_of_an_axis_counts():
    labels = [*axis(*TENS), label("1e6", 90, 85)]
    (scale,) = find_scales(Ink(labels=labels), 1)

    assert scale.value(100) == pytest.approx(40e6)


def test_a_factor_that_belongs_to_no_axis_makes_a_chart_unreadable():
    ink = Ink(strokes=[line(50, 90, 20)], labels=[*axis(*TENS), *below("a", "b", "c")])
    assert read_charts(ink)
    lost = Ink(strokes=ink.strokes, labels=[*ink.labels, label("1e11", 600, 500)])
    with pytest.raises(UnreadableChartError, match="factor"):
        read_charts(lost)


def test_numbers_that_do_not_fit_where_they_stand_are_no_axis():
    assert find_scales(Ink(labels=axis("10", "47", "3", "80", "22")), 1) == []


def test_bars_are_values_by_the_axis():
    ink = Ink(fills=bars(50, 125, 75), labels=[*axis(*TENS), *below("Oslo", "Bergen", "Voss")])

    assert grid_of(ink) == [
        ["Category", "Value"],
        ["Oslo", 10.0],
        ["Bergen", 25.0],
        ["Voss", 15.0],
    ]


def boxes():
    """Boxes from about 20 up, as of a box plot."""
    return [box(110 + 40 * n, 180 - 20 * n, 130 + 40 * n, 260 + n % 2) for n in range(3)]


def test_bars_that_begin_amid_their_scale_on_no_line_are_refused():
    with pytest.raises(UnreadableChartError, match="stand on no line"):
        read_charts(Ink(fills=boxes(), labels=[*axis(*TENS), *below("a", "b", "c")]))


def test_bars_that_stand_on_others_are_their_own_lengths_and_named_by_the_legend():
    fills = [
        *bars(50, 125, 75),
        *(box(b.box[0], b.box[1] - 25, b.box[2], b.box[1], RED) for b in bars(50, 125, 75)),
        box(110, 60, 118, 68),
        box(180, 60, 188, 68, RED),
    ]
    key = [label("Roads", 135, 64), label("Parks", 205, 64)]
    ink = Ink(fills=fills, labels=[*axis(*TENS), *below("a", "b", "c"), *key])

    assert grid_of(ink) == [
        ["Category", "Roads", "Parks"],
        ["a", 10.0, 5.0],
        ["b", 25.0, 5.0],
        ["c", 15.0, 5.0],
    ]


def test_values_that_are_printed_are_taken_where_bars_are_as_long_as_they_say():
    told = [
        label(text, 120 + 40 * n, y)
        for n, (text, y) in enumerate([("33%", 262), ("81%", 132), ("50%", 194)])
    ]
    ink = Ink(fills=bars(33 * 2, 81 * 2, 50 * 2 + 1), labels=[*told, *below("a", "b", "c")])
    lying = Ink(fills=bars(66, 10, 100), labels=[*told, *below("a", "b", "c")])

    assert [row[1] for row in grid_of(ink)[1:]] == ["33%", "81%", "50%"]
    with pytest.raises(UnreadableChartError):
        read_charts(lying)


def test_bars_of_two_scales_are_refused_unless_one_has_its_zero_where_they_begin():
    right = axis("0", "1", "2", "3", "4", x=330)
    names = below("a", "b", "c")
    other = axis("-2", "-1", "0", "1", "2", x=330)

    with pytest.raises(UnreadableChartError, match="two scales"):
        read_charts(Ink(fills=bars(50, 125, 75), labels=[*axis(*TENS), *right, *names]))
    ink = Ink(fills=bars(50, 125, 75), labels=[*axis(*TENS), *other, *names])
    assert [row[1] for row in grid_of(ink)[1:]] == [10.0, 25.0, 15.0]


def test_lines_are_values_at_their_points():
    ink = Ink(
        strokes=[line(50, 125, 75, 100), line(10, 20, 30, 20, colour=RED)],
        labels=[
            *axis(*TENS),
            *below("Q1", "Q2", "Q3", "Q4"),
            label("wet", 256, 200),
            label("dry", 256, 280),
        ],
    )

    assert grid_of(ink) == [
        ["Category", "wet", "dry"],
        ["Q1", 10.0, 2.0],
        ["Q2", 25.0, 4.0],
        ["Q3", 15.0, 6.0],
        ["Q4", 20.0, 4.0],
    ]


def test_series_whose_names_lack_are_left_out_and_that_is_told():
    grid = [["Year", "Roads", "Series 2"], ["2001", "3", "5"], ["2002", "", "6"]]
    chart = Chart(kind="line chart", grid=grid, warnings=[SERIES_UNNAMED])

    kept = without_unnamed(chart)

    assert kept.grid == [["Year", "Roads"], ["2001", "3"]]
    assert kept.warnings == ["series whose names were not found are left out"]


def test_a_chart_none_of_whose_series_has_a_name_is_refused():
    grid = [["Year", "Series 1", "Series 2"], ["2001", "3", "5"]]
    chart = Chart(kind="line chart", grid=grid, warnings=[SERIES_UNNAMED])

    with pytest.raises(UnreadableChartError, match="names of its series"):
        without_unnamed(chart)


def test_areas_that_stand_on_each_other_are_their_own_heights():
    low, high = [(120, 250), (160, 200), (200, 225)], [(120, 200), (160, 175), (200, 125)]
    areas = [
        Fill(points=(*low, (200, 300), (120, 300)), colour=BLUE),
        Fill(points=(*high, *reversed(low)), colour=RED),
    ]
    ink = Ink(fills=areas, labels=[*axis(*TENS), *below("a", "b", "c")])
    (chart,) = read_charts(ink)

    assert chart.kind == "area chart"
    assert [row[1:] for row in cells(chart.grid)[1:]] == [
        [10.0, 10.0],
        [20.0, 5.0],
        [15.0, 20.0],
    ]


def test_dots_are_pairs_of_values():
    places = [(130, 250), (170, 220), (190, 180), (250, 150), (300, 120), (310, 130)]
    dots = [
        Fill(
            points=tuple((x + 3 * math.cos(k), y + 3 * math.sin(k)) for k in range(7)), colour=BLUE
        )
        for x, y in places
    ]
    level = below("0", "10", "20", "30", "40", "50")
    (chart,) = read_charts(Ink(fills=dots, labels=[*axis(*TENS), *level]))

    assert chart.kind == "scatter plot"
    assert len(chart.grid) == 7
    assert [float(cell) for cell in chart.grid[1]] == pytest.approx([2.5, 10], abs=0.3)


def wedge(start, end, colour):
    arc = [start + (end - start) * n / 40 for n in range(41)]
    points = [(200 + 80 * math.cos(a * math.tau), 200 + 80 * math.sin(a * math.tau)) for a in arc]
    return Fill(points=((200, 200), *points), colour=colour)


def test_a_pie_is_its_shares():
    fills = [wedge(0, 0.5, BLUE), wedge(0.5, 0.8, RED), wedge(0.8, 1, (30, 160, 60))]
    names = [label("Roads", 200, 292), label("Parks", 120, 125), label("Water", 290, 150)]

    assert grid_of(Ink(fills=fills, labels=names)) == [
        ["Category", "Share"],
        ["Roads", "50.0%"],
        ["Parks", "30.0%"],
        ["Water", "20.0%"],
    ]


def test_each_plot_of_a_figure_is_a_chart_of_its_own():
    one = [*axis(*TENS), *below("a", "b", "c"), label("North", 160, 85)]
    two = [*axis("0", "1", "2", x=390), *below("a", "b", "c", x=420), label("South", 460, 85)]
    rules = [Stroke(points=((x, 100), (x, 300)), colour=BLACK) for x in (100, 400)]
    fills = [*bars(50, 125, 75), *bars(50, 100, 150, x=410)]
    charts = read_charts(Ink(fills=fills, strokes=rules, labels=[*one, *two]))

    assert [chart.title for chart in charts] == ["North", "South"]
    assert [[row[1] for row in cells(chart.grid)[1:]] for chart in charts] == [
        [10.0, 25.0, 15.0],
        [0.50, 1.00, 1.50],
    ]


def words(text, x, y):
    wide = 6 * len(text)
    return Label(text=text, box=(x - wide / 2, y - 5, x + wide / 2, y + 5))


def filled(x0, y0, x1, y1, colour):
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour=colour)


ROWS = ("North", "East", "South", "West")


def level_bars(values, printed, colour=BLUE, top=100):
    """Bars of two units of length each, from x = 100, each with what is printed in it."""
    fills = [
        filled(100, top + 40 * n, 100 + 2 * v, top + 20 + 40 * n, colour)
        for n, v in enumerate(values)
    ]
    labels = [words(name, 60, top + 10 + 40 * n) for n, name in enumerate(ROWS)]
    labels += [words(text, 112, top + 10 + 40 * n) for n, text in enumerate(printed) if text]
    return fills, labels


def chart_of(fills, labels, strokes=()):
    (chart,) = read_charts(Ink(fills=fills, labels=labels, strokes=strokes))
    return chart


def test_a_bar_without_a_value_is_read_by_the_length_of_the_others():
    chart = chart_of(*level_bars((40, 60, 25, 80), ("40", "60", "", "80")))

    assert [row[1] for row in chart.grid[1:]] == ["40", "60", "25.0", "80"]
    assert chart.within


def test_values_that_fit_no_length_are_refused():
    fills, labels = level_bars((40, 60, 25, 80), ("80", "20", "60", ""))
    with pytest.raises(UnreadableChartError, match="not as long"):
        read_charts(Ink(fills=fills, labels=labels))


YEARS = (2018, 2019, 2020, 2021, 2022)
XS = (100, 150, 200, 250, 300)


def course(values, colour):
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
    return Ink(strokes=[course(up, BLUE), course(down, RED)], labels=labels)


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
    fills = [filled(x - 12, 200 - v, x + 12, 200, BLUE) for x, v in zip(xs, values, strict=True)]
    labels = [words(str(v), x, 190) for x, v in zip(xs, values, strict=True)]
    labels += [words(name, x, 212) for x, name in zip(xs, names, strict=True)]
    return fills, [*labels, *(words(name, x, 240) for name, x in groups)]


def test_bars_with_the_same_names_in_each_group_have_the_groups_before_them():
    names = ("2019", "2020", "2019", "2020")
    chart = chart_of(*upright_bars((40, 60, 25, 80), names, [("Rural", 120), ("Urban", 200)]))

    assert [row[0] for row in chart.grid[1:]] == [
        "Rural 2019",
        "Rural 2020",
        "Urban 2019",
        "Urban 2020",
    ]


def test_a_name_below_the_bars_that_has_no_value_is_told():
    fills, labels = upright_bars((40, 60, 25), ("Oslo", "Bern", "Rome"))
    chart = chart_of(fills, [*labels, words("Wien", 220, 212)])

    assert chart.warnings == ["of its axis was not read: Wien"]


def test_bars_of_which_few_have_values_that_fit_their_lengths_are_a_chart_that_was_not_read():
    values = (40, 60, 25, 80, 30, 50, 70)
    fills = [filled(100, 20 + 40 * n, 100 + 2 * v, 40 + 40 * n, BLUE) for n, v in enumerate(values)]
    told = [words(str(values[n]), 112, 30 + 40 * n) for n in (0, 1, 3)]
    with pytest.raises(UnreadableChartError) as raised:
        read_charts(Ink(fills=fills, labels=told))
    assert not isinstance(raised.value, NoChartError)
