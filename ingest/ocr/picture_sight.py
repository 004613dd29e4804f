"""What kind of picture it is, by what the finder of lettering sees in it.

PP-OCR's finder of lines is a convolutional network that was taught on real pictures. What its
backbone makes of a small copy, at four depths, is pooled, and a linear map that was fitted on
labelled pictures tells chances from it (`python -m training.sight.kinds`). Knows pixels; knows
neither documents nor words. See benchmarks/LOG.md for how often it is right.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
import rapidocr
from numpy.typing import NDArray

from rag.models.base.network import read_network
from rag.models.base.weights import sha256_of
from rag.protocols import Pixels

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]

FINDER: Final = Path(rapidocr.__file__).parent / "models" / "PP-OCRv6_det_small.onnx"
WEIGHTS: Final = Path(__file__).with_name("picture_sight.npz")

DEPTHS: Final = tuple(f"p2o.pd_op.add.{n}.0" for n in (14, 27, 50, 63))
"""The last nodes of the backbone's stages: 48, 96, 192, 384 channels at 1/4 to 1/32 of the side."""

SIDE_PX: Final = 448
STRIDE_PX: Final = 32
MIN_SIDE_PX: Final = 32
MAX_DEVIATIONS: Final = 4.0
"""What is farther from the mean than so many deviations is brought nearer."""

MIN_CHANCE: Final = 0.7
"""Below it nothing is told: of pictures of publishers that were not learned from nine in ten of
those told are right (benchmarks/LOG.md)."""

CHARTS: Final = frozenset({"bar chart", "line chart", "pie chart", "scatter plot", "chart"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SightWeights:
    """A linear map over pooled signs: `weights` (signs, kinds), `mean` and `spread` of each sign.

    `finder` is the SHA-256 of the network that the signs are of.
    """

    kinds: tuple[str, ...]
    mean: Floats
    spread: Floats
    weights: Floats
    bias: Floats
    finder: str

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> SightWeights:
        with np.load(path) as held:
            floats = {name: held[name] for name in ("mean", "spread", "weights", "bias")}
            return cls(kinds=tuple(held["kinds"].tolist()), finder=str(held["finder"]), **floats)

    def chances(self, signs: Floats) -> dict[str, float]:
        """Return the chance of each kind; they sum to 1."""
        near = ((signs - self.mean) / self.spread).clip(-MAX_DEVIATIONS, MAX_DEVIATIONS)  # (signs,)
        logits = near @ self.weights + self.bias  # (kinds,)
        shares = np.exp(logits - logits.max())
        return dict(zip(self.kinds, (shares / shares.sum()).tolist(), strict=True))


class LineFinder:
    """The network, its inner nodes made outputs. Any thread may call."""

    def __init__(self) -> None:
        self.digest = sha256_of(FINDER)
        self._network = read_network(FINDER, inner=DEPTHS)

    def signs(self, pixels: Pixels) -> Floats:
        """Return mean, deviation and minimum of each channel, depth after depth."""
        tensor, shares = _tensor(pixels)
        pooled = []
        for (seen,) in self._network(tensor):  # (channels, height, width)
            rows, columns = (
                max(1, round(share * side))
                for share, side in zip(shares, seen.shape[1:], strict=True)
            )
            inside = seen[:, :rows, :columns].reshape(len(seen), -1)  # without the padding
            pooled += [inside.mean(1), inside.std(1), inside.min(1)]
        return np.concatenate(pooled).astype(np.float32)


class PictureSight:
    """Tells kinds; loads its network when first asked. Not for two threads at once."""

    @cached_property
    def _weights(self) -> SightWeights:
        return SightWeights.load()

    @cached_property
    def _finder(self) -> LineFinder | None:
        finder = LineFinder()
        if finder.digest == self._weights.finder:
            return finder
        logger.warning("kinds of pictures are not told: rapidocr has another network")
        return None

    def __call__(self, pixels: Pixels) -> str:
        """Return the kind of a picture, shape (height, width, 3); "" where it is not sure."""
        if self._finder is None or min(pixels.shape[:2]) < MIN_SIDE_PX:
            return ""
        return kind_of(self._weights.chances(self._finder.signs(pixels)))


def kind_of(chances: dict[str, float]) -> str:
    """Return the surest kind; "chart" where it is one, but not sure of which form; else ""."""
    best = max(chances, key=lambda kind: chances[kind])
    if chances[best] >= MIN_CHANCE:
        return best
    charts = sum(chance for kind, chance in chances.items() if kind in CHARTS)
    return "chart" if charts >= MIN_CHANCE else ""


def _tensor(pixels: Pixels) -> tuple[Floats, tuple[float, float]]:
    """Return a copy (1, 3, height, width), padded to strides, and the shares that it fills."""
    scale = SIDE_PX / max(pixels.shape[:2])
    height, width = (max(MIN_SIDE_PX, round(side * scale)) for side in pixels.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    bgr = np.ascontiguousarray(pixels[:, :, ::-1])
    small = cv2.resize(bgr, (width, height), interpolation=method)
    full = tuple(-(-side // STRIDE_PX) * STRIDE_PX for side in (height, width))
    padded = np.ones((*full, 3), dtype=np.float32)
    padded[:height, :width] = small.astype(np.float32) / 127.5 - 1.0
    return padded.transpose(2, 0, 1)[None].copy(), (height / full[0], width / full[1])
