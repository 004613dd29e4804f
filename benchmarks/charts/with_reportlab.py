"""Charts drawn by reportlab, each on a page with a caption and text: `draw(specs, path)`."""

from __future__ import annotations

import random
from pathlib import Path

from reportlab.graphics import renderPDF
from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.lineplots import AreaLinePlot, LinePlot, ScatterPlot
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

PALETTES = (
    ("#1b6ca8", "#e07b39", "#4d8f3a", "#8c4799"),
    ("#264653", "#2a9d8f", "#e9c46a", "#e76f51"),
    ("#444444", "#888888", "#bb2222", "#22aabb"),
)
SYMBOLS = ("FilledCircle", "FilledDiamond", "FilledSquare", "FilledTriangle")
WIDE, HIGH = 400, 230
KINDS = ("bar", "grouped", "stacked", "level", "level grouped", "negative", "line", "year line",
         "scatter", "pie", "area")  # fmt: skip


def draw(specs, path: Path, *, held_back: bool = False) -> None:  # noqa: ARG001 - all of it is
    """Write one page for each chart."""
    canvas = Canvas(str(path), pagesize=A4)
    for spec in specs:
        rnd = random.Random(spec.style)
        canvas.setFont("Helvetica", 10)
        for n in range(6):
            canvas.drawString(
                70,
                770 - 13 * n,
                "The figures were gathered by the districts themselves and checked twice by the office.",
            )
        drawing = _drawing(spec, rnd)
        renderPDF.draw(drawing, canvas, 80, 380)
        canvas.drawString(70, 345, f"Figure {spec.seed + 1}: {spec.title}.")
        for n in range(6):
            canvas.drawString(
                70,
                310 - 13 * n,
                "What follows from them is told in the next part of this report, and in its tables.",
            )
        canvas.showPage()
    canvas.save()


def _drawing(spec, rnd):
    drawing = Drawing(WIDE + 60, HIGH + 80)
    colours = [HexColor(one) for one in rnd.choice(PALETTES)]
    chart = _pie(spec, colours) if spec.kind == "pie" else _chart(spec, colours, rnd)
    drawing.add(chart)
    names = spec.names if spec.kind == "pie" else list(spec.series)
    if len(spec.series) > 1:
        legend = Legend()
        legend.x, legend.y, legend.boxAnchor = 60, 18, "nw"
        legend.alignment, legend.columnMaximum, legend.deltax = "right", 1, 90
        legend.fontSize = 8
        legend.colorNamePairs = list(zip(colours, names, strict=False))
        drawing.add(legend)
    if rnd.random() < 0.5:
        drawing.add(String(200, HIGH + 60, spec.title, fontSize=11, textAnchor="middle"))
    return drawing


def _chart(spec, colours, rnd):
    kind = spec.kind
    makers = {
        "scatter": ScatterPlot,
        "year line": LinePlot,
        "area": AreaLinePlot,
        "line": HorizontalLineChart,
    }
    chart = makers.get(kind, HorizontalBarChart if "level" in kind else VerticalBarChart)()
    chart.x, chart.y, chart.width, chart.height = (
        (110 if "level" in kind else 50),
        45,
        300,
        HIGH - 20,
    )
    size = rnd.choice([7, 8, 9])
    if kind in {"year line", "scatter", "area"}:
        _plot(chart, spec, colours, rnd)
        value_axis = chart.yValueAxis
        chart.xValueAxis.labels.fontSize = size
    else:
        chart.data = [tuple(values) for values in spec.series.values()]
        chart.categoryAxis.categoryNames = [str(name) for name in spec.names]
        chart.categoryAxis.labels.fontSize = size
        chart.categoryAxis.labels.dy = -3
        value_axis = chart.valueAxis
        if "bar" in type(chart).__name__.lower():
            _bars(chart, spec, colours, rnd)
        else:
            for n in range(len(spec.series)):
                chart.lines[n].strokeColor = colours[n]
                chart.lines[n].strokeWidth = 1.5
    value_axis.valueMin, value_axis.valueMax = spec.low, spec.top
    value_axis.valueStep = spec.extra["step"]
    value_axis.visibleGrid = rnd.random() < 0.5
    value_axis.labels.fontSize = size
    if kind == "negative":
        chart.categoryAxis.labelAxisMode = "low"
    return chart


def _bars(chart, spec, colours, rnd):
    chart.groupSpacing = 10
    chart.categoryAxis.style = "stacked" if spec.kind == "stacked" else "parallel"
    if spec.kind == "level":
        chart.categoryAxis.reverseDirection = rnd.choice([0, 1])
    for n in range(len(spec.series)):
        chart.bars[n].fillColor = colours[n]
        chart.bars[n].strokeColor = rnd.choice([None, colours[n]])
    if spec.labelled:
        chart.barLabelFormat = "%.3g"
        chart.barLabels.nudge = 9
        chart.barLabels.fontSize = 7


def _plot(chart, spec, colours, rnd):
    if spec.kind == "scatter":
        chart.data = [tuple(pairs) for pairs in spec.series.values()]
        chart.xLabel = chart.yLabel = ""
    elif spec.kind == "area":
        (values,) = spec.series.values()
        chart.data = [(n + 1, value) for n, value in enumerate(values)]
        spec.names[:] = [str(n + 1) for n in range(len(values))]
    else:
        chart.data = [
            tuple(zip(spec.names, values, strict=True)) for values in spec.series.values()
        ]
    for n in range(len(spec.series)):
        chart.lines[n].strokeColor = colours[n]
    if spec.kind == "scatter":
        chart.outerBorderOn = 0
        for n in range(len(spec.series)):  # a fourth series shares the first one's otherwise
            chart.lines[n].symbol = makeMarker(SYMBOLS[n])
            chart.lines[n].symbol.fillColor = colours[n]
            chart.lines[n].symbol.strokeColor = colours[n]
        chart.xValueAxis.valueMin, chart.xValueAxis.valueMax, chart.xValueAxis.valueStep = 0, 50, 10
        chart.lineLabelFormat = None
    elif spec.kind == "year line":
        chart.xValueAxis.valueMin, chart.xValueAxis.valueMax = spec.names[0], spec.names[-1]
        chart.xValueAxis.valueStep = rnd.choice([1, 2]) if len(spec.names) < 12 else 4
        chart.xValueAxis.labelTextFormat = "%d"
    else:
        chart.xValueAxis.valueMin, chart.xValueAxis.valueMax, chart.xValueAxis.valueStep = (
            1,
            len(spec.names),
            1,
        )


def _pie(spec, colours):
    pie = Pie()
    pie.x, pie.y, pie.width, pie.height = 110, 40, 180, 180
    (values,) = spec.series.values()
    pie.data = list(values)
    pie.labels = list(spec.names)
    pie.sideLabels = 0
    for n in range(len(values)):
        pie.slices[n].fillColor = (
            colours[n % 4] if n < 4 else HexColor(f"#{40 + 30 * n:02x}{200 - 25 * n:02x}90")
        )
        pie.slices[n].strokeColor = HexColor("#ffffff")
        pie.slices[n].labelRadius = 1.2
        pie.slices[n].fontSize = 8
    return pie
