"""Pictures of charts that were scanned: turned a little, and noisy."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ingest.charts.raster.scanned import frayed, noise_of, skew_of, smoothed, straightened


def drawn(*, steep=False):
    """Axes, a grid and bars; or steep lines of data alone."""
    picture = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    if steep:
        for x in range(100, 700, 40):
            draw.line((x, 550, x + 30, 60), fill=(30, 100, 180), width=3)
        return picture
    draw.line((80, 40, 80, 540), fill=(60, 60, 60), width=2)
    for y in range(40, 541, 100):
        draw.line((80, y, 760, y), fill=(200, 200, 200), width=2)
    for n, high in enumerate((120, 300, 220, 400)):
        draw.rectangle((120 + 150 * n, 540 - high, 200 + 150 * n, 540), fill=(30, 100, 180))
    return picture


def turned(picture, degrees):
    how = Image.Resampling.BICUBIC
    return np.asarray(picture.rotate(degrees, resample=how, expand=True, fillcolor="white"))


@pytest.mark.parametrize("degrees", [-3.0, -1.0, 0.5, 1.7, 3.0])
def test_how_far_a_picture_is_turned_is_told_by_its_axes(degrees):
    assert skew_of(turned(drawn(), degrees)) == pytest.approx(degrees, abs=0.06)


def test_a_picture_that_was_straightened_is_upright():
    straight = straightened(turned(drawn(), 2.0))

    assert straight is not None
    assert straightened(straight) is None


def test_noise_is_smoothed_away_and_what_is_clean_stays():
    clean = np.asarray(drawn())
    noise = np.random.default_rng(0).normal(0, 10, clean.shape)
    noisy = np.clip(clean + noise, 0, 255).astype(np.uint8)

    assert smoothed(clean) is clean
    assert noise_of(smoothed(noisy)) < 0.3 * noise_of(noisy)


def packed(pixels, quality):
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


def test_the_shades_that_jpeg_makes_beside_edges_are_gone():
    clean = np.asarray(drawn(steep=True))
    worn = packed(clean, 40)

    flat = smoothed(worn)

    assert frayed(clean) < 0.01
    assert frayed(worn) > 0.08
    assert frayed(flat) < 0.02
    assert len(np.unique(flat.reshape(-1, 3), axis=0)) < 0.5 * len(
        np.unique(worn.reshape(-1, 3), axis=0)
    )
