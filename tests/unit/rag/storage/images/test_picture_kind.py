import numpy as np
import pytest
from PIL import Image, ImageDraw

from rag.storage.images.picture_kind import kind_of


def drawn(paint, *, size=(600, 400), ground="white"):
    picture = Image.new("RGB", size, ground)
    paint(ImageDraw.Draw(picture))
    return np.asarray(picture, dtype=np.uint8)


def bars(draw):
    draw.line((40, 360, 580, 360), fill="black", width=3)
    for n in range(8):
        draw.rectangle((60 + 60 * n, 360 - 30 * n - 20, 95 + 60 * n, 360), fill="navy")


def boxes(draw):
    for x in (40, 240, 440):
        draw.rectangle((x, 150, x + 120, 240), outline="black", width=3)
    draw.line((160, 195, 440, 195), fill="black", width=3)


def lines(draw):
    for n in range(24):
        for word in range(9):
            x, y = 30 + 60 * word, 12 + 16 * n
            draw.rectangle((x, y, x + 45, y + 6), fill="darkgray")


def windows(draw):
    draw.rectangle((0, 0, 600, 40), fill=(70, 70, 90))
    draw.rectangle((0, 40, 200, 400), fill=(40, 60, 160))


def noise():
    random = np.random.default_rng(7)
    smooth = np.cumsum(random.normal(0, 3, (400, 600, 3)), axis=1) + 128
    return np.clip(smooth + random.normal(0, 20, smooth.shape), 0, 255).astype(np.uint8)


AXIS = "Snow depth at the pass\n" + "\n".join(
    f"{year} {year % 97} cm" for year in range(2010, 2020)
)
PROSE = "\n".join(["the snow lay deep on the pass all winter long"] * 24)


@pytest.mark.parametrize(
    ("pixels", "lettering", "kind"),
    [
        (drawn(bars), AXIS, "chart"),
        (drawn(boxes), "Sensor | Logger | Station", "diagram"),
        (drawn(lines), PROSE, "scan"),
        (drawn(windows, ground=(10, 10, 60)), "Menu\nZoom\nColour\nSource", "screenshot"),
        (noise(), "", "photo"),
        (drawn(lambda _: None), "", "blank"),
        (
            drawn(lambda d: d.rectangle((30, 20, 500, 100), fill="red"), size=(600, 120)),
            "ALPINE",
            "ornament",
        ),
    ],
)
def test_a_picture_is_told_by_its_pixels_and_its_lettering(pixels, lettering, kind):
    assert kind_of(pixels, lettering) == kind
