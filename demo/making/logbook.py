"""The logbook: a typed page of 1999, scanned a little askew: a PDF without text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
from facts import LOGBOOK
from look import TYPEWRITER
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WIDTH_PX: Final = 1654  # A4 at 200 dpi
HEIGHT_PX: Final = 2339
TILT_DEGREES: Final = 0.9
INK: Final = (38, 36, 52)
RED: Final = (158, 52, 44)

COLUMNS: Final = (
    (170, "Date"),
    (350, "Temp 7h"),
    (560, "Wind"),
    (730, "Snow cm"),
    (930, "Remarks"),
)
NOTES: Final = (
    "14 March: greatest depth since the stake was set up in 1954.",
    "The stake shows 587 cm. The mark on the hut wall stands at",
    "612 cm, but the snow there is drifted and must not be used.",
    "",
    "Sunshine recorder iced over from the 11th to the 14th.",
    "Fuel left: 840 litres. Flour, coffee and batteries ordered.",
    "Radio contact with Altmoos every evening at 19:30, good.",
)


def write(path: Path) -> None:
    """Write the page as a PDF that holds one JPEG and no text."""
    page = _typed_page()
    page = page.rotate(TILT_DEGREES, resample=Image.Resampling.BICUBIC, fillcolor=(226, 220, 204))
    picture = _aged(page)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=62)
    jpeg.seek(0)
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setTitle("Logbook, March 1999")
    canvas.drawImage(ImageReader(jpeg), 0, 0, *A4)
    canvas.save()


def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(TYPEWRITER), size_px)


def _typed_page() -> Image.Image:
    page = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (243, 237, 220))
    draw = ImageDraw.Draw(page)
    draw.text((170, 190), "STURMJOCH WEATHER STATION", font=_font(54), fill=INK)
    draw.text((170, 268), "Logbook 1999, sheet 11: 11 to 17 March", font=_font(40), fill=INK)
    draw.text((170, 336), "Observer: F. Kloss", font=_font(40), fill=INK)
    draw.text((1310, 190), "No. 11", font=_font(46), fill=RED)
    _rows(draw)
    for i, line in enumerate(NOTES):
        draw.text((170, 1250 + 62 * i), line, font=_font(38), fill=INK)
    draw.text((170, 1800), "Signed: F. Kloss, 17 March 1999", font=_font(40), fill=INK)
    _stamp(page)
    return page


def _rows(draw: ImageDraw.ImageDraw) -> None:
    top, height = 450, 92
    for i in range(len(LOGBOOK) + 2):
        y = top + i * height
        draw.line((150, y, 1560, y), fill=(120, 116, 120), width=2)
    foot = top + (len(LOGBOOK) + 1) * height
    for x in (150, 330, 540, 710, 910, 1560):
        draw.line((x, top, x, foot), fill=(120, 116, 120), width=2)
    for x, name in COLUMNS:
        draw.text((x, top + 26), name, font=_font(38), fill=INK)
    for i, row in enumerate(LOGBOOK, start=1):
        for (x, _), text in zip(COLUMNS, row, strict=True):
            size = 33 if x == COLUMNS[-1][0] else 39
            draw.text((x, top + i * height + 26), text, font=_font(size), fill=INK)


def _stamp(page: Image.Image) -> None:
    stamp = Image.new("RGBA", (420, 420), (0, 0, 0, 0))
    draw = ImageDraw.Draw(stamp)
    draw.ellipse((20, 20, 400, 400), outline=(*RED, 150), width=8)
    draw.ellipse((48, 48, 372, 372), outline=(*RED, 120), width=3)
    draw.text((210, 178), "ALTMOOS", font=_font(54), fill=(*RED, 160), anchor="mm")
    draw.text((210, 242), "copied 1999", font=_font(38), fill=(*RED, 160), anchor="mm")
    turned = stamp.rotate(-14, resample=Image.Resampling.BICUBIC)
    page.paste(turned, (1130, 1730), turned)


def _aged(page: Image.Image) -> Image.Image:
    """Blur, speckle and darken the page as an old flat-bed scanner does."""
    rng = np.random.default_rng(1999)
    soft = np.asarray(page.filter(ImageFilter.GaussianBlur(0.8)), dtype=float)
    coarse = Image.fromarray(rng.normal(128, 30, (36, 26)).clip(0, 255).astype(np.uint8))
    stains = np.asarray(coarse.resize(page.size, Image.Resampling.BICUBIC), dtype=float) - 128
    edge = np.minimum.outer(_edge(HEIGHT_PX), _edge(WIDTH_PX))
    noise = rng.normal(0, 6, (HEIGHT_PX, WIDTH_PX))
    tone = (stains * 0.12 + noise)[:, :, None] - (1 - edge)[:, :, None] * 46
    paper = Image.fromarray((soft + tone).clip(0, 255).astype(np.uint8))
    return _punch(paper)


def _edge(length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    place = np.arange(length)
    return np.clip(np.minimum(place, length - place) / 60, 0, 1)


def _punch(paper: Image.Image) -> Image.Image:
    holes = Image.new("RGB", paper.size, (255, 255, 255))
    draw = ImageDraw.Draw(holes)
    for y in (760, 1560):
        draw.ellipse((48, y, 100, y + 52), fill=(70, 66, 62))
    return ImageChops.multiply(paper, holes)
