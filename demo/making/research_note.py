"""The research note: a PDF in two columns of small print, with a chart, a table and references."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import facts
from charts import rime_response
from look import GREY, INK, SERIF, register_serif
from prose import paragraphs
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

MARGIN: Final = 20 * mm
GUTTER: Final = 8 * mm
COLUMN: Final = (A4[0] - 2 * MARGIN - GUTTER) / 2
HEAD_HEIGHT: Final = 66 * mm

BODY: Final = ParagraphStyle(
    "body", fontName=SERIF, fontSize=10.4, leading=13.2, alignment=4, spaceAfter=5,
    firstLineIndent=0, textColor=INK,
)  # fmt: skip
TITLE: Final = ParagraphStyle(
    "title", parent=BODY, fontName=f"{SERIF}-Bold", fontSize=18, leading=22, alignment=1
)
AUTHORS: Final = ParagraphStyle("authors", parent=BODY, fontSize=10.5, alignment=1, spaceAfter=8)
ABSTRACT: Final = ParagraphStyle(
    "abstract", parent=BODY, fontSize=9.8, leading=12.4, leftIndent=14 * mm, rightIndent=14 * mm
)
HEADING: Final = ParagraphStyle(
    "heading", parent=BODY, fontName=f"{SERIF}-Bold", fontSize=11, leading=14, alignment=0,
    spaceBefore=7, spaceAfter=3,
)  # fmt: skip
CAPTION: Final = ParagraphStyle(
    "caption", parent=BODY, fontSize=8.6, leading=10.6, spaceBefore=2, spaceAfter=8
)
REFERENCE: Final = ParagraphStyle(
    "reference", parent=BODY, fontSize=8.6, leading=10.6, leftIndent=10, firstLineIndent=-10
)

ABSTRACT_TEXT: Final = paragraphs("""
<b>Abstract.</b> Rime stops cup anemometers on mountain stations for hours or days, often in the
very storms that matter. We ran a heated and an unheated anemometer of the same make side by side
on the Sturmjoch (2,514 m) for two winters. In rime the unheated instrument lost 31 per cent of
the hours; the heated one lost 4 per cent. The heater drew 60 W and used 214 kWh per winter.
Before it stopped, the iced instrument read 12 per cent too low on average, which no plausibility
check found. We propose a simple rule that marks such hours.
""")
INTRODUCTION: Final = paragraphs("""
Supercooled droplets freeze on everything that stands in a cloud. On exposed passes this rime
grows against the wind, by several centimetres an hour, and changes the shape and the mass of
every instrument that it covers. A cup anemometer is hit twice: its bearings stiffen and its cups
lose their form.

A stopped anemometer is easily seen, since it reports zero in a storm. Harder to notice is the
time before, when the instrument still turns but turns too slowly. Two winters with paired
instruments let us measure both effects.
""")
METHOD: Final = paragraphs("""
The heated anemometer W-01 and the unheated W-02 stand 1.6 m apart on one boom, 10 m above the
rock, at right angles to the prevailing north-westerly wind. They were calibrated together in the
wind tunnel before and after each winter; the difference stayed below 0.2 m/s.

Shaft and cups of W-01 are heated with 60 W as soon as the air is colder than -0.5 °C and the
relative humidity is above 92 per cent. An hour counts as a rime hour when the webcam showed
growing ice on the boom. The comparison covers the winters of 2023/24 and 2024/25, November to
April, with 1,268 rime hours in all.
""")
RESULTS: Final = paragraphs("""
Table 1 gives the outcome. The unheated instrument stood still in 31 per cent of the rime hours,
the heated one in 4 per cent, nearly all of these in two events with rime above 6 cm an hour.
While it still turned, W-02 read 12 per cent less than W-01 in the mean, and up to 38 per cent
less in single hours.

Figure 1 shows the event of 21 and 22 January 2025. For three hours both instruments agree. From
the fourth hour on the unheated one falls behind, although the wind rises; after fourteen hours
it stands still, while the heated one reports 13 m/s.
""")
SEASON: Final = paragraphs("""
January is the hardest month. Table 2 sorts the rime hours of both winters by month: in January
the unheated anemometer missed 36 per cent of them, in November and in April 26 per cent. What
counts for the climate record is which hours these are. Of the twenty strongest gusts of the two
winters, seven fell into hours in which W-02 stood still.

The yearly maximum shows the effect best. In the winter of 2024/25 the heated anemometer recorded
167 km/h on 17 February; the strongest gust in the record of the unheated one is 131 km/h, on
another day.
""")
DISCUSSION: Final = paragraphs("""
The usual check compares an instrument with its own past and flags only jumps. Slow icing makes
no jump. We therefore propose a rule without a second anemometer: mark every hour with an air
temperature below -2 °C, a relative humidity above 95 per cent and a ratio of gust to mean speed
under 1.25. On our data this rule finds 83 per cent of the affected hours and marks 5 per cent of
the good ones.

Heating costs 214 kWh per winter, about 64 euros at the station's present tariff. This is little
beside a visit to knock off the ice, which takes two people half a day. What heating cannot do is
protect the sonic anemometer, whose transducers ice within minutes; its heater is the subject of
a test that began in October 2025.
""")
CONCLUSION: Final = paragraphs("""
Mountain stations without heated anemometers report too little wind in winter, and their records
should be read with this in mind. The Sturmjoch will run heated instruments only from the summer
of 2026.
""")
REFERENCES: Final = paragraphs("""
Brandauer, L. (2017): Icing of wind sensors at alpine sites. Notes of the Altmoos Observatory 8,
11-27.

Kloss, F. (1994): Thirty winters of rime. Station diary of the Sturmjoch, unpublished.

Rood, A., Ostheim, M. (2022): A paired design for testing heated sensors. Notes of the Altmoos
Observatory 13, 3-19.
""")
EVENT: Final = (
    (0, 6.1, 6.2), (2, 6.8, 6.7), (4, 7.9, 7.1), (6, 9.2, 7.4), (8, 10.4, 7.3),
    (10, 11.6, 5.9), (12, 12.4, 3.2), (14, 13.0, 0.0), (16, 13.1, 0.0),
)  # fmt: skip
"""Hours since the first rime, speed of the heated and of the unheated anemometer in m/s."""

OUTCOME: Final = (
    ("", "W-01 heated", "W-02 unheated"),
    ("Rime hours 2023/24", "702", "702"),
    ("Rime hours 2024/25", "566", "566"),
    ("Standing still", "4 %", "31 %"),
    ("Longest standstill", "3 h", "52 h"),
    ("Mean bias while turning", "0 %", "-12 %"),
    ("Energy per winter", "214 kWh", "none"),
)
MONTHS: Final = (
    ("Month", "Rime hours", "W-02 lost", "Share"),
    ("November", "188", "49", "26 %"),
    ("December", "251", "78", "31 %"),
    ("January", "264", "95", "36 %"),
    ("February", "239", "82", "34 %"),
    ("March", "201", "56", "28 %"),
    ("April", "125", "33", "26 %"),
    ("Both winters", "1,268", "393", "31 %"),
)


def write(path: Path) -> None:
    """Write the note: title and abstract across the page, then two columns."""
    register_serif()
    document = BaseDocTemplate(
        str(path),
        pagesize=A4,
        title="Heated cup anemometers under rime: two winters on the Sturmjoch",
        author=f"{facts.CLIMATOLOGIST}, {facts.TECHNICIAN}",
        invariant=1,
    )
    top, bottom = A4[1] - MARGIN, 18 * mm
    head = Frame(MARGIN, top - HEAD_HEIGHT, A4[0] - 2 * MARGIN, HEAD_HEIGHT, *[0] * 4)
    first = PageTemplate("first", [head, *_columns(bottom, top - HEAD_HEIGHT)], onPage=_foot)
    later = PageTemplate("later", _columns(bottom, top), onPage=_foot)
    document.addPageTemplates([first, later])
    document.build(_story())


def _columns(bottom: float, top: float) -> list[Frame]:
    return [
        Frame(MARGIN + i * (COLUMN + GUTTER), bottom, COLUMN, top - bottom, *[0] * 4)
        for i in range(2)
    ]


def _foot(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont(SERIF, 8.5)
    canvas.setFillColor(HexColor(GREY))
    canvas.drawString(MARGIN, 10 * mm, "Notes of the Sturmjoch Weather Station 4 (2025)")
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(20 + document.page))


def _story() -> list[Flowable]:
    return [
        NextPageTemplate("later"),
        Paragraph("Heated cup anemometers under rime:<br/>two winters on the Sturmjoch", TITLE),
        Spacer(1, 6),
        Paragraph(f"{facts.CLIMATOLOGIST} and {facts.TECHNICIAN}, {facts.STATION}", AUTHORS),
        *(Paragraph(text, ABSTRACT) for text in ABSTRACT_TEXT),
        FrameBreak(),
        *_section("1 Introduction", INTRODUCTION),
        *_section("2 Instruments and method", METHOD),
        *_section("3 Results", RESULTS),
        _figure(),
        _table("<b>Table 1.</b> Both anemometers in rime, winters 2023/24 and 2024/25.", OUTCOME),
        *_section("4 Through the season", SEASON),
        _table("<b>Table 2.</b> Hours lost by the unheated anemometer, both winters.", MONTHS),
        *_section("5 Discussion", DISCUSSION),
        FrameBreak(),
        *_section("6 Conclusion", CONCLUSION),
        *_section("Acknowledgement", (f"We thank {facts.OBSERVER} for 118 photographs of ice.",)),
        Paragraph("References", HEADING),
        *(Paragraph(text, REFERENCE) for text in REFERENCES),
    ]


def _section(heading: str, paragraphs: tuple[str, ...]) -> list[Flowable]:
    return [Paragraph(heading, HEADING), *(Paragraph(text, BODY) for text in paragraphs)]


def _figure() -> Flowable:
    caption = (
        "<b>Figure 1.</b> Wind speed through the rime event of 21 and 22 January 2025, by hour. "
        "The unheated anemometer falls behind from the fourth hour on."
    )
    return KeepTogether([Spacer(1, 3), rime_response(COLUMN, EVENT), Paragraph(caption, CAPTION)])


def _table(caption: str, rows: tuple[tuple[str, ...], ...]) -> Flowable:
    others = len(rows[0]) - 1
    widths = [COLUMN * 0.4, *[COLUMN * 0.6 / others] * others]
    table = Table(rows, colWidths=widths, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), f"{SERIF}-Bold", 9),
                ("FONT", (0, 1), (-1, -1), SERIF, 9),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("LINEABOVE", (0, 0), (-1, 0), 0.9, HexColor(INK)),
                ("LINEBELOW", (0, 0), (-1, 0), 0.5, HexColor(INK)),
                ("LINEBELOW", (0, -1), (-1, -1), 0.9, HexColor(INK)),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return KeepTogether([Paragraph(caption, CAPTION), table, Spacer(1, 6)])
