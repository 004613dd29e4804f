"""What scanning and sending do to the picture of a chart: a turn, noise, a smaller size, JPEG."""

from __future__ import annotations

import argparse
import io
from dataclasses import dataclass

import cv2  # comes with rapidocr
import numpy as np
from PIL import Image

from rag.protocols import Pixels


@dataclass(frozen=True, kw_only=True)
class Spoiling:
    """What is done to a picture, nothing by default; the turn first, then size, noise and JPEG.

    `skew_degrees` counter-clockwise, `noise`: deviation of each channel in 256 levels, `size`:
    part of the sides that is kept, `jpeg`: quality.
    """

    skew_degrees: float = 0.0
    noise: float = 0.0
    size: float = 1.0
    jpeg: int = 0

    def of(self, pixels: Pixels, *, seed: int) -> Pixels:
        """Return a spoiled copy, shape (height, width, 3); the same for the same seed."""
        found = _turned(pixels, self.skew_degrees) if self.skew_degrees else pixels
        if self.size != 1.0:
            found = cv2.resize(
                found, None, fx=self.size, fy=self.size, interpolation=cv2.INTER_AREA
            )
        if self.noise:
            noise = np.random.default_rng(seed).normal(0, self.noise, found.shape)
            found = np.clip(found + noise, 0, 255).astype(np.uint8)
        return _packed(found, self.jpeg) if self.jpeg else np.ascontiguousarray(found)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--skew", type=float, default=0.0, help="degrees that pictures are turned")
    parser.add_argument("--noise", type=float, default=0.0, help="deviation of each channel")
    parser.add_argument("--size", type=float, default=1.0, help="part of the sides that is kept")
    parser.add_argument("--jpeg", type=int, default=0, help="quality")


def spoiling_of(told: argparse.Namespace) -> Spoiling:
    return Spoiling(skew_degrees=told.skew, noise=told.noise, size=told.size, jpeg=told.jpeg)


def _turned(pixels: Pixels, degrees: float) -> Pixels:
    """Return pixels turned on a white sheet that holds them whole."""
    turned = Image.fromarray(pixels).rotate(
        degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255)
    )
    return np.asarray(turned)


def _packed(pixels: Pixels, quality: int) -> Pixels:
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))
