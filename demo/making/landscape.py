"""The station at dawn: a photo-like picture, painted with noise, haze and a few polygons."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from look import SANS, SANS_BOLD
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH_PX: Final = 1600
HEIGHT_PX: Final = 1000
Pixels = NDArray[np.float64]  # (height, width, 3), 0..255

SKY: Final = ((38, 58, 102), (108, 122, 160), (222, 164, 138), (250, 214, 160))
RIDGES: Final = (
    (560, 120, (176, 158, 172), 3),
    (610, 150, (134, 132, 160), 7),
    (690, 170, (92, 102, 138), 11),
)
"""Height of the crest in px from the top, its roughness in px, its colour in the haze, its seed."""


def paint(path: Path) -> None:
    """Write the picture as JPEG."""
    rng = np.random.default_rng(2514)
    pixels = _sky()
    for crest, rough, colour, seed in RIDGES:
        _ridge(pixels, _crest(seed, crest, rough), np.array(colour, dtype=float))
    _snowfield(pixels, rng)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    picture = picture.filter(ImageFilter.GaussianBlur(1.1))
    _station(picture)
    _sign(picture)
    grain = rng.normal(0, 4.0, (HEIGHT_PX, WIDTH_PX, 1))
    noisy = np.clip(np.asarray(picture, dtype=float) + grain, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(path, quality=86)


def _sky() -> Pixels:
    rows = np.linspace(0, 1, HEIGHT_PX)
    stops = (0.0, 0.3, 0.55, 0.68)
    columns = [np.interp(rows, stops, [c[i] for c in SKY]) for i in range(3)]
    sky = np.repeat(np.stack(columns, axis=1)[:, None, :], WIDTH_PX, axis=1)
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    glow = np.exp(-(((x - 1150) / 300) ** 2) - ((y - 560) / 170) ** 2)
    return sky + glow[:, :, None] * np.array([70.0, 60.0, 20.0])


def _crest(seed: int, height: float, rough: float) -> NDArray[np.float64]:
    """Return the y of a ridge for every column: midpoint displacement, smooth to craggy."""
    rng = np.random.default_rng(seed)
    x = np.arange(WIDTH_PX)
    line = np.full(WIDTH_PX, height, dtype=float)
    for octave in range(9):
        knots = 3 * 2**octave + 1
        values = rng.normal(0, rough / 1.95**octave, knots)
        line += np.interp(x, np.linspace(0, WIDTH_PX, knots), values)
    return line


def _ridge(pixels: Pixels, line: NDArray[np.float64], colour: NDArray[np.float64]) -> None:
    y = np.arange(HEIGHT_PX)[:, None]
    below = y > line[None, :]
    smooth = np.convolve(line, np.ones(41) / 41, mode="same")
    slope = np.gradient(smooth)[None, :, None] * 12.0  # slopes that face the sun are lighter
    haze = np.clip((y - line[None, :]) / 340, 0, 1)[:, :, None] * 46
    shade = colour + np.clip(slope, -26, 34) + haze
    pixels[below] = shade[below]


def _snowfield(pixels: Pixels, rng: np.random.Generator) -> None:
    line = _crest(23, 800, 26) - np.linspace(0, 60, WIDTH_PX)
    y = np.arange(HEIGHT_PX)[:, None]
    below = y > line[None, :]
    drifts = _drifts(rng)
    depth = np.clip((y - line[None, :]) / 220, 0, 1)[:, :, None]
    snow = np.array([236.0, 224.0, 222.0]) * (1 - depth) + np.array([170.0, 186.0, 214.0]) * depth
    pixels[below] = (snow + drifts[:, :, None])[below]


def _drifts(rng: np.random.Generator) -> NDArray[np.float64]:
    noise = Image.fromarray(rng.normal(128, 60, (70, 14)).clip(0, 255).astype(np.uint8))
    smooth = noise.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC)
    return (np.asarray(smooth, dtype=float) - 128) * 0.11


def _station(picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    draw.polygon([(640, 800), (640, 690), (900, 690), (900, 800)], fill=(74, 62, 62))
    draw.polygon([(900, 800), (900, 690), (985, 712), (985, 800)], fill=(52, 46, 54))
    draw.polygon([(620, 694), (770, 612), (918, 694)], fill=(232, 222, 222))
    draw.polygon([(770, 612), (918, 694), (1003, 716), (862, 636)], fill=(198, 196, 208))
    for x in (668, 728, 848):
        draw.rectangle((x, 722, x + 32, 756), fill=(255, 214, 120), outline=(40, 34, 36), width=3)
    draw.rectangle((788, 722, 826, 800), fill=(46, 38, 40))
    draw.pieslice((532, 690, 640, 800), 180, 360, fill=(226, 222, 226), outline=(150, 150, 160))
    draw.rectangle((532, 744, 640, 800), fill=(196, 194, 202))
    _mast(draw)


def _mast(draw: ImageDraw.ImageDraw) -> None:
    dark = (44, 46, 58)
    draw.line((1090, 800, 1090, 470), fill=dark, width=7)
    for foot in (1030, 1150):
        draw.line((1090, 520, foot, 796), fill=dark, width=2)
    draw.line((1050, 492, 1130, 492), fill=dark, width=5)
    for x in (1050, 1130):
        draw.ellipse((x - 13, 476, x + 13, 490), fill=dark)
    draw.line((1090, 470, 1124, 452), fill=dark, width=4)
    draw.polygon([(1118, 444), (1146, 446), (1124, 462)], fill=(200, 60, 46))
    draw.rectangle((1076, 640, 1104, 700), fill=(236, 236, 238), outline=dark, width=2)


def _sign(picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    for x in (180, 430):
        draw.rectangle((x, 800, x + 16, 960), fill=(78, 58, 42))
    draw.rounded_rectangle(
        (130, 716, 496, 872), 10, fill=(112, 82, 54), outline=(62, 44, 30), width=6
    )
    cream = (250, 240, 214)
    big = ImageFont.truetype(str(SANS_BOLD), 46)
    small = ImageFont.truetype(str(SANS), 27)
    for text, y, font in (
        ("STURMJOCH", 758, big),
        ("2514 m", 803, small),
        ("Weather Station since 1931", 842, ImageFont.truetype(str(SANS), 23)),
    ):
        draw.text((313, y), text, font=font, fill=cream, anchor="mm")
