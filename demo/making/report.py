"""The annual report: a PDF of several pages with vector and picture charts and long tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import facts
from charts import snow_depth, spending, temperature_and_rain
from look import BLUE, GREY, ICE, INK
from prose import paragraphs
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

WIDTH: Final = A4[0] - 44 * mm
BODY: Final = ParagraphStyle(
    "body", fontName="Helvetica", fontSize=10, leading=14.2, spaceAfter=7, textColor=INK
)
HEADING: Final = ParagraphStyle(
    "heading", parent=BODY, fontName="Helvetica-Bold", fontSize=16, leading=20, spaceBefore=8,
    spaceAfter=8, textColor=BLUE,
)  # fmt: skip
SUBHEADING: Final = ParagraphStyle(
    "subheading", parent=HEADING, fontSize=11.5, leading=15, spaceBefore=6, spaceAfter=4,
    textColor=INK,
)  # fmt: skip
CAPTION: Final = ParagraphStyle(
    "caption", parent=BODY, fontSize=8.6, leading=11, textColor=GREY, spaceBefore=3, spaceAfter=10
)
CELL: Final = ParagraphStyle("cell", parent=BODY, fontSize=8.8, leading=11, spaceAfter=0)

BRIEF: Final = paragraphs(f"""
2025 was a warm and slightly wet year on the Sturmjoch. The mean temperature was {facts.MEAN_C}
°C, which is {facts.MEAN_C - facts.NORMAL_MEAN_C:.1f} degrees above the normal of 1991-2020 and
makes it the third warmest year since the station opened in {facts.FOUNDED}. All twelve months
were milder than their normals.

Precipitation came to {facts.RAIN_MM:,} mm, 105 per cent of the normal. The wettest month was
July with 221 mm, most of it from nine thunderstorm days. The sun shone for {facts.SUN_H:,}
hours. The winter began late: on 1 January only 93 cm of snow lay at the stake, and the greatest
depth of the season, 368 cm, was not reached until 12 April.

The year will be remembered for two days. On 17 February a gust of 167 km/h broke the bracket of
the western shutter and was followed by a mains failure of 6 hours and 20 minutes, which the new
battery bank bridged without a gap in the record. On 12 August the thermometer rose to 21.4 °C,
the highest reading in 95 years of observation; the former maximum was 20.8 °C on 27 June 2019.
""")
KEY_FIGURES: Final = (
    ("Mean temperature", f"{facts.MEAN_C} °C", f"{facts.NORMAL_MEAN_C} °C"),
    ("Highest temperature", "21.4 °C (12 August)", "17.9 °C"),
    ("Lowest temperature", "-24.8 °C (9 February)", "-25.6 °C"),
    ("Precipitation", f"{facts.RAIN_MM:,} mm", f"{facts.NORMAL_RAIN_MM:,} mm"),
    ("Sunshine", f"{facts.SUN_H:,} h", f"{facts.NORMAL_SUN_H:,} h"),
    ("Strongest gust", "167 km/h (17 February)", "151 km/h"),
    ("Days with snow cover", "229", "243"),
    ("Days with gusts over 100 km/h", "41", "37"),
    ("Days with rime", "118", "124"),
)
FOREWORD: Final = paragraphs(f"""
A station on a pass lives from the people who climb up to it. In 2025 four of us shared 365 days
of duty, and at least one observer was on the mountain every night of the year. I thank
{facts.OBSERVER}, who stood 131 of these nights; {facts.TECHNICIAN}, who kept ten instruments
running through 118 days of rime; and the cable car crew at the Kesselalm, who carried up 2.4
tonnes of supplies.

Two decisions of this year will shape the next. We will renew the lightning protection of the
mast in June 2026, after the direct strike of 15 July. And we will build a second, heated wind
measurement into the network, because two winters of comparison have shown how much wind an iced
anemometer does not see.
""")
TEMPERATURE: Final = paragraphs("""
Spring and summer carried the warmth of the year. June, July and August were each between 1.6 and
2.2 degrees warmer than the normal, and the frost-free season lasted 94 days, from 2 June to 3
September. Figure 1 shows the twelve months beside the normals; Table 1 gives the values.

February was the coldest month with a mean of -9.1 °C. The lowest reading of the year, -24.8 °C,
came on 9 February after a clear and windless night.
""")
WIND: Final = paragraphs("""
The Sturmjoch lies across the north-westerly flow, and the wind rose shows it: 35 per cent of all
hours had wind from the north-west, and eleven per cent of all hours were both from the
north-west and above 50 km/h. The south, with its warm and gusty winds, follows with 14 per cent
(Figure 2).
""")
SNOW: Final = paragraphs(f"""
The winter of 2024/25 was rich in snow late in the season. At the end of April 352 cm lay at the
stake, 11 cm more than a year before and 116 cm more than in April 2023 (Figure 3). The snow had
gone on 19 June.

The station's record remains untouched: the greatest snow depth ever measured on the Sturmjoch is
{facts.RECORD_IN_REPORT_CM} cm, on {facts.RECORD_DATE}.
""")
DATA: Final = paragraphs("""
Ten instruments report every ten minutes. Over the year 97.0 per cent of the expected values
arrived and passed the checks. The weakest instrument was the unheated anemometer W-02, which
stood still in rime for whole days; the sonic anemometer W-03 lost six days to the lightning
strike of 15 July (Table 3).
""")
FINANCE: Final = paragraphs("""
The station spent 355,480 euros in 2025. The plan for 2026 is 438,200 euros; the increase is due
to the new roof of the living hut and to the lightning protection (both under building upkeep)
and to the second heated anemometer (Figure 4).
""")


def write(path: Path, *, cover: Path, rose: Path) -> None:
    """Write the report; `cover` and `rose` are the pictures to set in."""
    document = BaseDocTemplate(
        str(path),
        pagesize=A4,
        title="Annual Report 2025",
        author=facts.STATION,
        subject="Weather and work on the Sturmjoch in 2025",
        invariant=1,
    )
    page = Frame(22 * mm, 20 * mm, WIDTH, A4[1] - 46 * mm, *[0] * 4)
    document.addPageTemplates(
        [
            PageTemplate("cover", [page], onPage=lambda c, _: _cover(c, cover)),
            PageTemplate("inside", [page], onPage=_running_head),
        ]
    )
    document.build(_story(rose))


def _story(rose: Path) -> list[Flowable]:
    return [
        NextPageTemplate("inside"),
        PageBreak(),
        *_section("The year in brief", BRIEF),
        _table(("Key figure", "2025", "Normal 1991-2020"), KEY_FIGURES, widths=(75, 50, 41)),
        Spacer(1, 10),
        *_section("Foreword", FOREWORD),
        Paragraph(f"{facts.HEAD}, head of the station", BODY),
        PageBreak(),
        *_section("Temperature and precipitation", TEMPERATURE),
        _figure(temperature_and_rain(WIDTH),
                "Figure 1: Monthly precipitation and mean temperature in 2025."),
        _months_table(),
        PageBreak(),
        *_section("Wind", WIND),
        _figure(Image(io.BytesIO(rose.read_bytes()), width=105 * mm, height=89 * mm),
                "Figure 2: Wind rose of 2025, eight directions, three classes of speed."),
        *_section("Snow", SNOW),
        _figure(snow_depth(WIDTH), "Figure 3: Snow depth at the end of the month, three winters."),
        PageBreak(),
        *_notable_days(),
        CondPageBreak(120 * mm),
        *_section("Instruments and data", DATA),
        _instruments_table(),
        CondPageBreak(85 * mm),
        *_section("Finances", FINANCE),
        _figure(spending(WIDTH), "Figure 4: Spending in 2025 and plan for 2026, in euros."),
    ]  # fmt: skip


def _section(heading: str, paragraphs: Sequence[str]) -> list[Flowable]:
    return [_Bookmarked(heading), *(Paragraph(text, BODY) for text in paragraphs)]


class _Bookmarked(Paragraph):
    """A heading that also stands in the PDF's outline."""

    def __init__(self, heading: str) -> None:
        super().__init__(heading, HEADING)
        self.heading = heading

    def draw(self) -> None:
        self.canv.bookmarkPage(self.heading)
        self.canv.addOutlineEntry(self.heading, self.heading)
        super().draw()


def _figure(drawing: Flowable, caption: str) -> Flowable:
    return KeepTogether([Spacer(1, 6), drawing, Paragraph(caption, CAPTION)])


def _months_table() -> Flowable:
    header = ("Month", "Mean °C", "Lowest °C", "Highest °C", "Precip. mm", "Sun h",
              "Gust km/h", "Snow cm")  # fmt: skip
    rows = [
        (m.name, m.mean_c, m.low_c, m.high_c, m.rain_mm, m.sun_h, m.gust_kmh, m.snow_cm)
        for m in facts.MONTHS
    ]
    rows.append(("Year", facts.MEAN_C, -24.8, 21.4, facts.RAIN_MM, facts.SUN_H, 167, ""))
    table = _table(header, rows, widths=(20, 20, 22, 22, 23, 18, 21, 20))
    caption = "Table 1: The months of 2025. Snow is the depth at the end of the month."
    return KeepTogether([Spacer(1, 4), Paragraph(caption, CAPTION), table])


def _notable_days() -> list[Flowable]:
    text = (
        "Table 2 lists what the observers underlined in the station's diary in 2025. Times are "
        "Central European Time."
    )
    rows = [(day, kind, Paragraph(what, CELL)) for day, kind, what in facts.NOTABLE_DAYS]
    table = _table(("Day", "Kind", "What happened"), rows, widths=(20, 30, 116), airy=True)
    caption = Paragraph("Table 2: Notable days of 2025.", CAPTION)
    return [*_section("Notable days", (text,)), caption, table, Spacer(1, 10)]


def _instruments_table() -> Flowable:
    header = ("Id", "Instrument", "Height", "Since", "Calibrated", "Next", "Data %")
    caption = Paragraph("Table 3: Instruments, their calibration and the data received.", CAPTION)
    table = _table(header, facts.INSTRUMENTS, widths=(13, 61, 17, 14, 25, 19, 17))
    return KeepTogether([caption, table, Spacer(1, 12)])


def _table(
    header: Sequence[str], rows: Sequence[Sequence[object]], *, widths: Sequence[float],
    airy: bool = False,
) -> Table:  # fmt: skip
    cells = [list(header), *([_cell(c) for c in row] for row in rows)]
    table = Table(cells, colWidths=[w * mm for w in widths], repeatRows=1, hAlign="LEFT")
    pad = 5.2 if airy else 3.2
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8.8),
                ("FONT", (0, 1), (-1, -1), "Helvetica", 8.8),
                ("TEXTCOLOR", (0, 0), (-1, 0), white),
                ("TEXTCOLOR", (0, 1), (-1, -1), HexColor(INK)),
                ("BACKGROUND", (0, 0), (-1, 0), HexColor(BLUE)),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, HexColor(ICE)]),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), pad),
                ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
                ("LINEBELOW", (0, -1), (-1, -1), 0.8, HexColor(BLUE)),
            ]
        )
    )
    return table


def _cell(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) and value > 2500 else value  # noqa: PLR2004 - years have no comma


def _cover(canvas: Canvas, picture: Path) -> None:
    width, height = A4
    canvas.setFillColor(HexColor(BLUE))
    canvas.rect(0, height - 118 * mm, width, 118 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont("Helvetica", 15)
    canvas.drawString(22 * mm, height - 48 * mm, facts.STATION)
    canvas.setFont("Helvetica-Bold", 38)
    canvas.drawString(22 * mm, height - 68 * mm, "Annual Report 2025")
    canvas.setFont("Helvetica", 12)
    canvas.drawString(22 * mm, height - 80 * mm, "Weather, instruments and work at 2,514 metres")
    canvas.drawImage(
        ImageReader(io.BytesIO(picture.read_bytes())), 0, height - 250 * mm, width, 132 * mm
    )
    canvas.setFillColor(HexColor(INK))
    canvas.setFont("Helvetica", 9.5)
    canvas.drawString(22 * mm, 24 * mm, "Published in March 2026. Editor: Anneke Rood.")
    canvas.drawString(
        22 * mm, 18 * mm, "A demonstration document: place, people and data are invented."
    )


def _running_head(canvas: Canvas, document: BaseDocTemplate) -> None:
    width, height = A4
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(HexColor(GREY))
    canvas.drawString(22 * mm, height - 14 * mm, facts.STATION)
    canvas.drawRightString(width - 22 * mm, height - 14 * mm, "Annual Report 2025")
    canvas.setStrokeColor(HexColor("#c9d3da"))
    canvas.line(22 * mm, height - 16 * mm, width - 22 * mm, height - 16 * mm)
    canvas.drawCentredString(width / 2, 11 * mm, str(document.page))
