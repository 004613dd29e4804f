"""Charts by LibreOffice itself: a workbook with one chart, printed without a screen."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pypdfium2
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, PieChart, Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from PIL import Image

SCALE = 150 / 72
MARGIN_PX = 12


def draw(spec: dict, path: Path) -> tuple[float, float]:
    """Draw a chart; return what its values span, since its axis is not known."""
    book = Workbook()
    data, sheet = book.active, book.create_sheet("Chart")
    chart = _scatter(data, spec) if spec["kind"] == "scatter" else _of_names(data, spec)
    chart.title, chart.width, chart.height = spec["title"] or None, 16, 9
    chart.style = 10 + spec["style"] if spec["style"] is not None else None
    if len(spec["series"]) == 1 and spec["kind"] != "pie":
        chart.legend = None
    data.sheet_state = "hidden"
    book.active = 1
    sheet.page_setup.orientation = "landscape"
    sheet.add_chart(chart, "B2")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chart.xlsx"
        book.save(file)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/home", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(file)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        page = pypdfium2.PdfDocument(file.with_suffix(".pdf"))[0]
        _cut(page.render(scale=SCALE).to_pil().convert("RGB")).save(path)
    return _span(spec)


def _of_names(data, spec: dict):
    data.append(["", *spec["series"]])
    for row in zip(spec["names"], *spec["series"].values(), strict=True):
        data.append(list(row))
    last = len(spec["names"]) + 1
    kind = spec["kind"]
    chart = {"pie": PieChart, "line": LineChart, "dates": LineChart}.get(kind, BarChart)()
    if isinstance(chart, BarChart):
        chart.type = "bar" if kind == "horizontal" else "col"
    if kind == "stacked":
        chart.grouping, chart.overlap = "stacked", 100
    values = Reference(data, min_col=2, max_col=1 + len(spec["series"]), min_row=1, max_row=last)
    chart.add_data(values, titles_from_data=True)
    chart.set_categories(Reference(data, min_col=1, min_row=2, max_row=last))
    if kind == "pie" or spec["values"]:
        hidden = {"showSerName": False, "showCatName": False, "showLegendKey": False}
        is_pie = kind == "pie"
        chart.dataLabels = DataLabelList(showPercent=is_pie, showVal=not is_pie, **hidden)
    for series in chart.series if isinstance(chart, LineChart) else ():
        series.smooth = False
    if kind != "pie":
        _shown(chart, spec)
    return chart


def _scatter(data, spec: dict):
    data.append(["x", "y"])
    for pair in spec["series"]["Points"]:
        data.append(list(pair))
    last = len(spec["series"]["Points"]) + 1
    chart = ScatterChart()
    xs, ys = (Reference(data, min_col=n, min_row=2, max_row=last) for n in (1, 2))
    series = Series(ys, xs, title="Points")
    series.marker.symbol, series.marker.size = "circle", 7
    series.marker.graphicalProperties = GraphicalProperties(solidFill="4472C4")
    series.graphicalProperties.line.noFill = True
    series.smooth = False
    chart.series.append(series)
    _shown(chart, spec)
    return chart


def _shown(chart, spec: dict) -> None:
    """Have both axes shown, which newer versions of openpyxl leave out."""
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "#,##0" if spec["thousands"] else "General"
    chart.y_axis.majorGridlines = chart.y_axis.majorGridlines if spec["grid"] else None


def _cut(page: Image.Image) -> Image.Image:
    """Return what is drawn on a page, with a margin."""
    rows, columns = np.nonzero(np.asarray(page).min(axis=2) < 250)
    box = columns.min(), rows.min(), columns.max(), rows.max()
    return page.crop(
        (box[0] - MARGIN_PX, box[1] - MARGIN_PX, box[2] + MARGIN_PX, box[3] + MARGIN_PX)
    )


def _span(spec: dict) -> tuple[float, float]:
    columns = list(spec["series"].values())
    if spec["kind"] == "scatter":
        columns = [[y for _, y in columns[0]]]
    high = (
        max(map(sum, zip(*columns, strict=True)))
        if spec["kind"] == "stacked"
        else max(map(max, columns))
    )
    return min(0.0, *map(min, columns)), high
