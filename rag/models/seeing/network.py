"""EfficientNet-Lite2 over a folder: pictures to pooled numbers and to chances of 1,000 classes.

Taught on ImageNet's photographs (Liu, Higher accuracy on vision models with EfficientNet-Lite,
2020); its weights come with the set-up. Knows pixels and the network; knows neither words nor
documents.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.base.device import SMALL, computing
from rag.models.base.loading import LazyModel
from rag.models.base.margin import widened
from rag.models.base.weights import reason_of
from rag.protocols import Matrix, Pixels

if TYPE_CHECKING:
    import torch

logger = logging.getLogger(__name__)

WEIGHTS: Final = "efficientnet-lite2.pth"
MODEL_ID: Final = "efficientnet-lite2@9656183eaeaf-1"
"""With the first digits of the SHA-256 of the only file that the set-up builds; the last number is
counted up where the words or the numbers of a picture become others, so that all are looked at
again."""

SIDE_PX: Final = 260
"""Of a square; another picture keeps its shape and has as many pixels: squeezed into the square,
things are told with .49 in the mean, in their shape with .64 (70 photographs)."""

PHOTOGRAPH: Final = Path(__file__).with_name("photograph.npz")
STRIDE_PX: Final = 32
POOLED: Final = 1280
CLASSES: Final = 1000
LONGEST_SHAPE: Final = 4
"""A side may be so many times the other: a longer picture gets a white margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Of n pictures: `pooled` (n, 1280), unit rows; `chances` (n, 1000), rows that sum to 1.

    `photographs` (n,): the chance that each is a photograph, no chart, drawing or paper.
    """

    pooled: Matrix
    chances: Matrix
    photographs: NDArray[np.float32]


class PhotographNetwork(LazyModel[Any]):
    """Loads when first needed; thread-safe. Raises ModelError where its file can't be read."""

    model_id = MODEL_ID
    dim = POOLED

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / WEIGHTS

    def look(self, images: Sequence[Pixels]) -> Looks:
        """Return what the network makes of pictures, each of shape (height, width, 3)."""
        pooled = np.zeros((len(images), POOLED), dtype=np.float32)
        chances = np.zeros((len(images), CLASSES), dtype=np.float32)
        for row, pixels in enumerate(images):
            with self._lock:
                pooled[row], chances[row] = self._run(pixels)
        unit = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return Looks(pooled=unit, chances=chances, photographs=photograph_chances(unit))

    def _run(self, pixels: Pixels) -> tuple[Matrix, Matrix]:
        import torch

        network = self._model()
        tensor = torch.from_numpy(tensor_of(pixels)).to(memory_format=torch.channels_last)
        with computing(SMALL), torch.inference_mode():
            pooled, chances = network(tensor)
        return pooled[0].numpy(), chances[0].numpy()

    def _load(self) -> torch.nn.Module:
        start = time.perf_counter()
        try:
            network = _loaded(self._file)
        except Exception as error:  # torch raises whatever its parsers do
            raise ModelError(
                f"The model file {self._file} can't be used: {reason_of(error)}.",
                hint="Run: make setup",
            ) from error
        logger.info("loaded %s in %.1f s", self._file.name, time.perf_counter() - start)
        return network


def photograph_chances(pooled: Matrix) -> NDArray[np.float32]:
    """Return of unit rows (n, 1280) the chance that each is of a photograph (n,).

    By a logistic regression (`training.sight.photographs`): .98 right of pictures of documents that
    it was not fitted to.
    """
    with np.load(PHOTOGRAPH) as held:
        logits = pooled @ held["weights"] + held["bias"]  # (n,)
    chances: NDArray[np.float32] = 1.0 / (1.0 + np.exp(-logits))
    return chances


def tensor_of(pixels: Pixels) -> Matrix:
    """Return the whole picture as (1, 3, height, width), brought to -1 to 1."""
    from PIL import Image

    whole = Image.fromarray(widened(pixels, longest_shape=LONGEST_SHAPE))
    scale = SIDE_PX / math.sqrt(whole.width * whole.height)
    width, height = (max(1, round(side * scale / STRIDE_PX)) * STRIDE_PX for side in whole.size)
    small = whole.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    scaled = (np.asarray(small, dtype=np.float32) - 127.0) / 128.0
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def _loaded(file: Path) -> torch.nn.Module:
    """Build the network; the file has its tensors in the same order, under other names."""
    import torch

    from rag.models.seeing.efficientnet import EfficientNetLite2

    network = EfficientNetLite2()
    held = torch.load(file, map_location="cpu", weights_only=True)
    names = network.state_dict()
    network.load_state_dict(dict(zip(names, held.values(), strict=True)))
    network.eval().requires_grad_(requires_grad=False)
    return network.to(memory_format=torch.channels_last)
