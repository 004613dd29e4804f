"""Charts of tables as SVG."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from rag.parts.charts import AnswerChart, ChartPoint, ChartSeries
from ui.html.chart_svg import chart_height_px, chart_svg, described, short_number, spots, ticks

SVG = "{http://www.w3.org/2000/svg}"
WORDS = st.text(max_size=40)
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False).map(lambda number: round(number, 3))


@st.composite
def charts(draw):
    labels = draw(st.lists(WORDS, min_size=1, max_size=8))
    series = []
    for _ in range(draw(st.integers(1, 4))):
        ats = sorted(draw(st.sets(st.integers(0, len(labels) - 1), min_size=1)))
        points = tuple(ChartPoint(at=a, text=draw(WORDS), value=draw(NUMBERS), cell=a) for a in ats)
        series.append(ChartSeries(name=draw(WORDS), points=points))
    return AnswerChart(
        kind=draw(st.sampled_from(["line", "bars"])),
        title=draw(WORDS),
        label_name=draw(WORDS),
        value_name=draw(WORDS),
        labels=tuple(labels),
        series=tuple(series),
    )


def snow(kind="line"):
    values = [214, 268, 331]
    points = tuple(
        ChartPoint(at=n, text=str(v), value=float(v), cell=n) for n, v in enumerate(values)
    )
    return AnswerChart(
        kind=kind,
        title="Months <2025>",
        label_name="Month",
        value_name="Snow cm",
        labels=("Jan", "Feb", "Mar"),
        series=(ChartSeries(name="Snow cm", points=points),),
    )


@given(charts())
def test_any_chart_is_well_formed_and_stays_within_its_frame(chart):
    drawn = ET.fromstring(chart_svg(chart, alone=True))  # noqa: S314 - our own text

    assert drawn.find(f"{SVG}title") is not None
    height = chart_height_px(chart)
    for element in drawn.iter():
        for name in ("x", "x1", "x2", "cx"):
            value = element.get(name, "0%")
            assert -0.01 <= float(value.removesuffix("%")) <= 100.01
        for name in ("y", "y1", "y2", "cy"):
            assert -0.01 <= float(element.get(name, "0")) <= height
    assert len(list(spots(chart))) == sum(len(one.points) for one in chart.series)


@given(st.lists(NUMBERS, min_size=1, max_size=9))
def test_ticks_enclose_the_values_evenly(values):
    marks = ticks(values)
    step = marks[1] - marks[0]

    assert marks[0] <= min(values) + step * 1e-6
    assert marks[-1] >= max(values) - step * 1e-6
    assert 2 <= len(marks) <= 8


def test_a_line_says_its_title_axes_and_every_point():
    text = chart_svg(snow())

    assert "<title>Months &lt;2025&gt;</title>" in text
    assert described(snow()) == "Line chart by Month. Snow cm: Jan 214, Feb 268, Mar 331."
    assert text.count("<circle") == 3
    assert ">Month</text>" in text
    assert ">Snow cm</text>" in text
    assert "<style>" not in text


def test_bars_are_as_long_as_their_numbers():
    first, _, last = spots(snow("bars"))

    assert first.name == "Snow cm, Jan: 214"
    assert round(first.width / last.width, 3) == round(214 / 331, 3)


def test_large_ticks_are_short():
    assert [short_number(n) for n in (400000, 2500000, 1250, 0.5)] == [
        "400k",
        "2.5M",
        "1250",
        "0.5",
    ]
