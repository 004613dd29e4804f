"""The winter briefing: six slides with notes, a native chart, a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import facts
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Cm, Pt
from settle import WRITTEN, settle

BLUE: Final = RGBColor(0x1F, 0x5F, 0x8B)
FIRST_OF_DECEMBER_CM: Final = (("2020", 64), ("2021", 112), ("2022", 74), ("2023", 61),
                               ("2024", 41), ("2025", 87))  # fmt: skip
CLOSING_RULES: Final = (
    ("Danger level", "Terrace", "Path 14", "Guided visits"),
    ("1 low", "open", "open", "up to 24 people"),
    ("2 moderate", "open", "open", "up to 24 people"),
    ("3 considerable", "open", "closed above Red Cairn", "up to 10 people"),
    ("4 high", "closed", "closed", "none"),
    ("5 very high", "closed", "closed", "none, staff stay inside"),
)


def write(path: Path, *, rose: Path) -> None:
    """Write the briefing: six slides with notes, a native chart, a table and a picture."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(33.867), Cm(19.05)
    _title_slide(deck)
    _bullets(
        deck,
        "Where we stand on 1 December",
        (
            "87 cm of snow at the stake, more than twice as much as a year ago",
            "Cellar filled: 5,200 litres of heating oil, food until the end of April",
            "Battery bank tested on 18 November: 31 hours at normal load",
            "Webcam on the mast out of order until the January flight",
        ),
        notes="The oil was delivered on 14 October in two helicopter flights. The webcam's power "
        "supply failed on 22 November; a spare part is ordered and costs 340 euros.",
    )
    _chart_slide(deck)
    _rules_slide(deck)
    _picture_slide(deck, rose)
    _bullets(
        deck,
        "Duty and radio",
        (
            "Two people on the mountain from 1 December to 30 April, never one alone",
            "Radio check with Altmoos every evening at 19:30, channel 6",
            "Missed check: Altmoos calls again at 20:00 and alerts the rescue service at 20:30",
            "Shift changes on Thursdays, weather permitting",
        ),
        notes=f"{facts.OBSERVER} keeps the duty roster. Channel 11 is the spare if channel 6 is "
        "disturbed. The windsock at the landing place will be replaced on 12 January.",
    )
    deck.core_properties.author = facts.HEAD
    deck.core_properties.title = "Winter briefing 2025/26"
    deck.core_properties.modified = WRITTEN
    deck.core_properties.created = WRITTEN
    deck.save(str(path))
    settle(path)


def _title_slide(deck: Deck) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    band = slide.shapes.add_shape(1, 0, 0, deck.slide_width, deck.slide_height)
    band.fill.solid()
    band.fill.fore_color.rgb = BLUE
    band.line.fill.background()
    for text, top, size, bold in (
        ("Winter briefing 2025/26", 6.4, 48, True),
        ("Sturmjoch Weather Station, crew meeting of 1 December 2025", 9.6, 22, False),
        (f"{facts.HEAD} and {facts.TECHNICIAN}", 11.2, 18, False),
    ):
        box = slide.shapes.add_textbox(Cm(2.5), Cm(top), Cm(28), Cm(2))
        run = box.text_frame.paragraphs[0].add_run()
        run.text, run.font.size, run.font.bold = text, Pt(size), bold
        run.font.color.rgb = RGBColor(255, 255, 255)
    _notes(slide, "Welcome. The meeting takes 40 minutes; coffee is in the kitchen.")


def _titled(deck: Deck, title: str) -> Slide:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top = Cm(2), Cm(1)
    shape.width, shape.height = Cm(29.8), Cm(2.2)
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = title, Pt(32), True
    run.font.color.rgb = BLUE
    return slide


def _bullets(deck: Deck, title: str, points: tuple[str, ...], *, notes: str) -> None:
    slide = _titled(deck, title)
    box = slide.shapes.add_textbox(Cm(2), Cm(4.4), Cm(29.5), Cm(12))
    box.text_frame.word_wrap = True
    for i, point in enumerate(points):
        paragraphs = box.text_frame.paragraphs
        paragraph = paragraphs[0] if i == 0 else box.text_frame.add_paragraph()
        paragraph.space_after = Pt(16)
        run = paragraph.add_run()
        run.text, run.font.size = f"•  {point}", Pt(24)
    _notes(slide, notes)


def _chart_slide(deck: Deck) -> None:
    slide = _titled(deck, "Snow at the stake on 1 December")
    data = CategoryChartData()
    data.categories = [year for year, _ in FIRST_OF_DECEMBER_CM]
    data.add_series("Snow depth in cm", [depth for _, depth in FIRST_OF_DECEMBER_CM])
    frame = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(2), Cm(3.8), Cm(29.5), Cm(14), data
    )
    plot = frame.chart.plots[0]
    frame.chart.has_legend = False
    plot.has_data_labels, plot.gap_width = True, 70
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.size = Pt(18)
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = BLUE
    _notes(slide, "2021 was the snowiest start since 2008. The mean of the six years is 73 cm.")


def _rules_slide(deck: Deck) -> None:
    slide = _titled(deck, "Avalanche danger and what we close")
    rows, columns = len(CLOSING_RULES), len(CLOSING_RULES[0])
    shape = slide.shapes.add_table(rows, columns, Cm(2), Cm(4.2), Cm(29.5), Cm(11))
    for r, row in enumerate(CLOSING_RULES):
        for c, text in enumerate(row):
            cell = shape.table.cell(r, c)
            cell.text = text
            cell.text_frame.paragraphs[0].runs[0].font.size = Pt(20)
    _notes(
        slide, f"The bulletin comes at 17:00. {facts.TECHNICIAN} puts up the signs at Red Cairn."
    )


def _picture_slide(deck: Deck, rose: Path) -> None:
    slide = _titled(deck, "Most storms come from the north-west")
    slide.shapes.add_picture(str(rose), Cm(2), Cm(3.7), height=Cm(14.2))
    box = slide.shapes.add_textbox(Cm(20.5), Cm(6), Cm(11.5), Cm(8))
    box.text_frame.word_wrap = True
    run = box.text_frame.paragraphs[0].add_run()
    run.text = "Close the western shutters as soon as the forecast names gusts over 110 km/h."
    run.font.size = Pt(24)
    _notes(slide, "The bracket that broke on 17 February is now of stainless steel.")


def _notes(slide: Slide, text: str) -> None:
    slide.notes_slide.notes_text_frame.text = text
