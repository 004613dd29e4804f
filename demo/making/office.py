"""The Office files beside the slides: a workbook of three sheets, and a letter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import facts
from docx import Document
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from prose import paragraphs
from settle import WRITTEN, settle

LETTER: Final = paragraphs("""
Dear Mirela,

thank you for sending me the draft of the annual report. It is a pleasure to see the station in
such good hands, and I was glad to read that the battery bank held through the storm of February.

One sentence I must object to. The draft says that the greatest snow depth ever measured on the
Sturmjoch was 612 cm on 14 March 1999. I was the observer on duty. The stake read 587 cm that
morning, and 587 cm is the record. The 612 cm were read at the mark on the hut wall, where the
north-west wind always heaps up a drift; we never used that mark for the climate record.

I have copied the readings of those days from my own diary:
""")
LETTER_END: Final = paragraphs("""
The logbook of that week, sheet 11, says the same; you will find it in the green cabinet behind
the stove. May I ask you to correct the number before the report is printed?

My knee has healed, and I intend to walk up on the first snow-free weekend in July. Please keep a
bed and a pot of plum dumplings for me.

With warm regards,
""")
SIGNATURE: Final = "Ferdinand Kloss\nObserver on the Sturmjoch from 1961 to 2001"
READINGS: Final = (
    ("Day in March 1999", "Stake", "Hut wall"),
    ("12 March", "554 cm", "570 cm"),
    ("13 March", "573 cm", "594 cm"),
    ("14 March", "587 cm", "612 cm"),
    ("15 March", "581 cm", "609 cm"),
    ("16 March", "574 cm", "603 cm"),
)


def workbook(path: Path) -> None:
    """Write the workbook: the months of 2025, the instruments, the budget."""
    book = Workbook()
    months = book.active
    months.title = "Months 2025"
    _sheet(
        months,
        ("Month", "Mean °C", "Lowest °C", "Highest °C", "Precipitation mm", "Sunshine h",
         "Strongest gust km/h", "Snow depth cm"),
        [(m.name, m.mean_c, m.low_c, m.high_c, m.rain_mm, m.sun_h, m.gust_kmh, m.snow_cm)
         for m in facts.MONTHS],
    )  # fmt: skip
    _sheet(
        book.create_sheet("Instruments"),
        ("Id", "Instrument", "Height", "Installed", "Last calibration", "Next calibration",
         "Data received %"),
        facts.INSTRUMENTS,
    )  # fmt: skip
    rows = [(item, old, new, new - old) for item, old, new in facts.BUDGET]
    rows.append(("Total", *(sum(row[i] for row in rows) for i in (1, 2, 3))))
    header = ("Item", "2025 actual EUR", "2026 plan EUR", "Change EUR")
    _sheet(book.create_sheet("Budget"), header, rows)
    book.properties.creator = facts.CLIMATOLOGIST
    book.properties.created = WRITTEN
    book.save(path)
    settle(path)


def _sheet(sheet: Worksheet, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F5F8B")
    for column in sheet.columns:
        widest = max(len(str(cell.value)) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = widest + 3
    sheet.freeze_panes = "A2"


def letter(path: Path) -> None:
    """Write the letter of the retired observer, who contradicts the annual report."""
    doc = Document()
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = "Georgia", Pt(11)
    normal.paragraph_format.space_after = Pt(9)
    for section in doc.sections:
        section.left_margin = section.right_margin = Cm(2.8)
    doc.add_paragraph("Ferdinand Kloss\nLindengasse 4\nAltmoos")
    doc.add_paragraph(f"{facts.HEAD}\n{facts.STATION}")
    doc.add_paragraph("Altmoos, 3 February 2026")
    doc.add_paragraph().add_run("The snow record of 1999").bold = True
    for text in LETTER:
        doc.add_paragraph(text)
    table = doc.add_table(rows=0, cols=3)
    table.style = "Light Grid Accent 1"
    for row in READINGS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    doc.add_paragraph()
    for text in (*LETTER_END, SIGNATURE):
        doc.add_paragraph(text)
    doc.core_properties.author = facts.RETIRED_OBSERVER
    doc.core_properties.title = "The snow record of 1999"
    doc.core_properties.created = doc.core_properties.modified = WRITTEN
    doc.save(str(path))
    settle(path)
