"""Pictures of charts that JPEG packed: what it leaves beside edges."""

import io

import numpy as np
from PIL import Image, ImageDraw

from ingest.charts.raster.packed import frayed, smoothed


def drawn():
    picture = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    for x in range(100, 700, 40):
        draw.line((x, 550, x + 30, 60), fill=(30, 100, 180), width=3)
    return np.asarray(picture)


def packed(pixels, quality):
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


def test_the_shades_that_jpeg_makes_beside_edges_are_gone():
    clean = drawn()
    worn = packed(clean, 40)

    assert smoothed(clean) is clean
    assert frayed(worn) > 0.08
    assert frayed(smoothed(worn)) < 0.02
