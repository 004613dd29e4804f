"""Charts of a sheet, printed by LibreOffice (`soffice` on the path): `draw(specs, path)`."""

from __future__ import annotations

import random
import subprocess
import tempfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import AreaChart, BarChart, LineChart, PieChart, Reference

KINDS = ("bar", "grouped", "stacked", "level", "level grouped", "negative", "line", "year line",
         "log line", "pie", "area", "stacked area")  # fmt: skip
PROSE = "The figures were gathered by the districts themselves and checked twice by the office."
STYLES = (2, 4, 10)
WIDE_CM, HIGH_CM = 15.5, 9.0
DATA_COLUMN = 30
"""Data stand right of what is printed."""


def draw(specs, path: Path, *, held_back: bool = False) -> None:  # noqa: ARG001 - all of it is
    """Write one page for each chart."""
    book = Workbook()
    book.remove(book.active)
    for spec in specs:
        sheet = book.create_sheet(f"Page {spec.seed}")
        _page(sheet, spec, random.Random(spec.style))
    with tempfile.TemporaryDirectory() as folder:
        sheets = Path(folder) / f"{path.stem}.xlsx"
        book.save(sheets)
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/own",
                   "--convert-to", "pdf", "--outdir", str(path.parent), str(sheets)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)


def _page(sheet, spec, rnd) -> None:
    """Write prose, a chart and its caption; print these alone."""
    for row in (1, 2, 3, 30, 31, 32):
        sheet.cell(row, 1, PROSE)
    sheet.cell(28, 1, f"Figure {spec.seed + 1}: {spec.title}.")
    _data(sheet, spec)
    chart = _chart(sheet, spec)
    chart.width, chart.height, chart.style = WIDE_CM, HIGH_CM, rnd.choice(STYLES)
    chart.title = spec.title if rnd.random() < 0.4 else None
    if len(spec.series) == 1 and spec.kind != "pie":
        chart.legend = None
    elif rnd.random() < 0.5:
        chart.legend.position = "b"
    sheet.add_chart(chart, "A5")
    sheet.print_area = "A1:J40"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _data(sheet, spec) -> None:
    """Write names and values, a column for each series."""
    for column, (name, values) in enumerate(spec.series.items(), DATA_COLUMN + 1):
        sheet.cell(1, column, name)
        for row, value in enumerate(values, 2):
            sheet.cell(row, DATA_COLUMN, str(spec.names[row - 2]))
            sheet.cell(row, column, value)


def _chart(sheet, spec):
    kind, many = spec.kind, len(spec.series)
    made = next(
        make() for word, make in (("pie", PieChart), ("line", LineChart), ("area", AreaChart), ("", BarChart))
        if word in kind
    )  # fmt: skip
    last = 1 + len(spec.names)
    made.add_data(Reference(sheet, min_col=DATA_COLUMN + 1, max_col=DATA_COLUMN + many, min_row=1, max_row=last),
                  titles_from_data=True)  # fmt: skip
    made.set_categories(Reference(sheet, min_col=DATA_COLUMN, min_row=2, max_row=last))
    if "stacked" in kind:
        made.grouping, made.overlap = "stacked", 100 if kind == "stacked" else None
    if isinstance(made, BarChart):
        made.type = "bar" if "level" in kind else "col"
    if not isinstance(made, PieChart):
        made.x_axis.delete = made.y_axis.delete = False
        made.x_axis.tickLblPos = "low"
    if isinstance(made, LineChart):
        for series in made.series:
            series.smooth = False
    if kind == "log line":
        made.y_axis.scaling.logBase = 10
    return made
