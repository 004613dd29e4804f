"""Vector charts for the PDFs, drawn with reportlab's own shapes: bars, lines, axes, legends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facts import BUDGET, MONTHS, NORMAL_MONTHLY_C, SNOW_WINTERS
from look import AMBER, BLUE, GREY, INK, SKY
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import HexColor

FONT = "Helvetica"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The plotting area of a chart in points, and the values at its foot and head."""

    x: float
    y: float
    width: float
    height: float
    least: float
    most: float

    def up(self, value: float) -> float:
        return self.y + (value - self.least) / (self.most - self.least) * self.height

    def along(self, i: int, n: int) -> float:
        return self.x + (i + 0.5) / n * self.width


def _text(x: float, y: float, text: str, *, size: float = 8, anchor: str = "middle",
          colour: str = GREY, font: str = FONT) -> String:  # fmt: skip
    return String(x, y, text, fontName=font, fontSize=size, textAnchor=anchor,
                  fillColor=HexColor(colour))  # fmt: skip


def _axes(
    drawing: Drawing, frame: Frame, ticks: Sequence[float], labels: Sequence[str], *, unit: str
) -> None:
    for tick in ticks:
        y = frame.up(tick)
        drawing.add(Line(frame.x, y, frame.x + frame.width, y,
                         strokeColor=HexColor("#dde3e8"), strokeWidth=0.6))  # fmt: skip
        drawing.add(_text(frame.x - 5, y - 3, f"{tick:g}", anchor="end"))
    for i, label in enumerate(labels):
        drawing.add(_text(frame.along(i, len(labels)), frame.y - 12, label))
    drawing.add(_text(frame.x - 5, frame.y + frame.height + 9, unit, anchor="end"))


def _line(drawing: Drawing, frame: Frame, values: Sequence[float], *, colour: str,
          dashed: bool = False) -> None:  # fmt: skip
    points = [(frame.along(i, len(values)), frame.up(v)) for i, v in enumerate(values)]
    drawing.add(PolyLine([c for p in points for c in p], strokeColor=HexColor(colour),
                         strokeWidth=1.8, strokeDashArray=[4, 3] if dashed else None))  # fmt: skip
    if not dashed:
        for x, y in points:
            drawing.add(Circle(x, y, 2.4, fillColor=HexColor(colour), strokeColor=None))


def _legend(drawing: Drawing, x: float, y: float, entries: Mapping[str, str]) -> None:
    for label, colour in entries.items():
        drawing.add(Rect(x, y, 9, 9, fillColor=HexColor(colour), strokeColor=None))
        drawing.add(_text(x + 13, y + 1.2, label, anchor="start", colour=INK))
        x += 26 + 4.3 * len(label)


def temperature_and_rain(width: float) -> Drawing:
    """Draw the precipitation of each month as bars, its temperature as a line over the normal."""
    drawing = Drawing(width, 235)
    rain = Frame(x=34, y=42, width=width - 70, height=155, least=0, most=300)
    warm = Frame(x=34, y=42, width=width - 70, height=155, least=-12, most=12)
    _axes(drawing, rain, (0, 50, 100, 150, 200, 250, 300), [m.name for m in MONTHS], unit="mm")
    for i, month in enumerate(MONTHS):
        x, top = rain.along(i, 12), rain.up(month.rain_mm)
        drawing.add(Rect(x - 10, rain.y, 20, top - rain.y, fillColor=HexColor(SKY),
                         strokeColor=None))  # fmt: skip
        drawing.add(_text(x, rain.y + 4, str(month.rain_mm), size=7, colour=INK))
    for tick in (-12, -8, -4, 0, 4, 8, 12):
        drawing.add(_text(warm.x + warm.width + 5, warm.up(tick) - 3, f"{tick}", anchor="start"))
    drawing.add(_text(warm.x + warm.width + 5, warm.y + warm.height + 9, "°C", anchor="start"))
    _line(drawing, warm, NORMAL_MONTHLY_C, colour=GREY, dashed=True)
    _line(drawing, warm, [m.mean_c for m in MONTHS], colour=AMBER)
    _legend(drawing, 40, 6, {"Precipitation (left)": SKY, "Temperature 2025 (right)": AMBER,
                             "Normal 1991-2020": GREY})  # fmt: skip
    return drawing


def snow_depth(width: float) -> Drawing:
    """Draw the snow depth at the end of the months of three winters."""
    drawing = Drawing(width, 215)
    frame = Frame(x=34, y=40, width=width - 60, height=145, least=0, most=400)
    months = ("Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun")
    _axes(drawing, frame, (0, 100, 200, 300, 400), months, unit="cm")
    colours = dict(zip(SNOW_WINTERS, (SKY, BLUE, AMBER), strict=True))
    for winter, depths in SNOW_WINTERS.items():
        _line(drawing, frame, depths, colour=colours[winter])
    peak = SNOW_WINTERS["2024/25"][6]
    drawing.add(_text(frame.along(6, 9), frame.up(peak) + 8, f"{peak} cm", colour=INK,
                      font="Helvetica-Bold"))  # fmt: skip
    _legend(drawing, 40, 6, colours)
    return drawing


def spending(width: float) -> Drawing:
    """Draw what was spent in 2025 and what is planned for 2026, as pairs of bars."""
    drawing = Drawing(width, 30 + 22 * len(BUDGET))
    longest, left = 240_000, 130
    for i, (item, actual, plan) in enumerate(BUDGET):
        y = drawing.height - 24 - 22 * i
        drawing.add(_text(left - 8, y - 1, item, anchor="end", size=8.5, colour=INK))
        for value, colour, dy in ((actual, BLUE, 1), (plan, AMBER, -8)):
            length = value / longest * (width - left - 45)
            drawing.add(Rect(left, y + dy, length, 8, fillColor=HexColor(colour),
                             strokeColor=None))  # fmt: skip
            drawing.add(_text(left + length + 4, y + dy + 1.5, f"{value:,}", anchor="start",
                              size=7.5))  # fmt: skip
    _legend(drawing, left, drawing.height - 6, {"2025 actual": BLUE, "2026 plan": AMBER})
    return drawing


def rime_response(width: float, hours: Sequence[tuple[float, float, float]]) -> Drawing:
    """Draw the speeds of two anemometers and the heater's power through one rime event."""
    drawing = Drawing(width, 150)
    frame = Frame(x=24, y=40, width=width - 34, height=88, least=0, most=16)
    _axes(drawing, frame, (0, 4, 8, 12, 16), [f"{h:g}" for h, _, _ in hours], unit="m/s")
    _line(drawing, frame, [heated for _, heated, _ in hours], colour=AMBER)
    _line(drawing, frame, [bare for _, _, bare in hours], colour=BLUE)
    drawing.add(_text(frame.x + frame.width / 2, 16, "hours since the first rime", size=7.5))
    _legend(drawing, 26, 0, {"heated W-01": AMBER, "unheated W-02": BLUE})
    return drawing
