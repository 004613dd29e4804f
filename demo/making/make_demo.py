"""Write the demo's documents: `python demo/making/make_demo.py [FOLDER]`, else demo/documents.

The same script and library versions write the same bytes: seeds and dates are fixed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import delivery
import drawings
import landscape
import logbook
import office
import report
import research_note
import slides
import voice_note
import web
from film import talk

PHOTOGRAPH = Path(__file__).parent / "photographs" / "chelsea.jpg"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "documents"
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    write_all(folder)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        print(f"{path.stat().st_size / 1024:7.0f} KiB  {path.relative_to(folder)}")


def write_all(folder: Path) -> None:
    """Write every document of the demo into `folder`."""
    dawn = folder / "station-at-dawn.jpg"
    landscape.paint(dawn)
    drawings.gauge(folder / "precipitation-gauge.png")
    drawings.route_map(folder / "pictures" / "route-map.png")
    drawings.works_map(folder / "pictures" / "closed-path.png")
    with tempfile.TemporaryDirectory() as scratch:
        rose = Path(scratch) / "wind-rose.png"
        drawings.wind_rose(rose)
        report.write(folder / "annual-report-2025.pdf", cover=dawn, rose=rose)
        slides.write(folder / "winter-briefing.pptx", rose=rose)
    research_note.write(folder / "rime-on-anemometers.pdf")
    logbook.write(folder / "logbook-1999-03.pdf")
    delivery.write(folder / "delivery-note-4471.jpg")
    shutil.copyfile(PHOTOGRAPH, folder / "pictures" / PHOTOGRAPH.name)
    office.workbook(folder / "observations-2025.xlsx")
    office.letter(folder / "letter-about-the-record.docx")
    web.html_page(folder / "visiting.html")
    web.notice(folder / "notice-path-14.md")
    talk.write(folder / "new-winch-talk.mp4")
    voice_note.write(folder / "voice-note-from-jonas.ogg")
    web.daily_csv(folder / "february-2025-daily.csv")


if __name__ == "__main__":
    main()
