"""Fits what tells photographs: `python -m training.sight.photographs MODEL PHOTOGRAPHS OTHERS OUT`.

MODEL is the folder of EfficientNet-Lite2's weights (`pagelight models fetch seeing`), PHOTOGRAPHS
and OTHERS are folders of pictures; OUT is what `rag.models.seeing.photographs` loads. Logs how
often the fit of five sixths is right of the last sixth.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from rag.models.seeing.photographs import PhotographNetwork
from rag.protocols import Matrix, Pixels

logger = logging.getLogger("training")

FOLDS: Final = 6
STRENGTH: Final = 0.1
"""Inverse weight of the penalty (of .01, .03, .1 and .3)."""

SCALE: Final = 20.0
"""Brings unit rows of 1,280 numbers to deviations of about 1."""


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    arguments = _arguments()
    network = PhotographNetwork(arguments.model)
    paths = [sorted(folder.iterdir()) for folder in (arguments.photographs, arguments.others)]
    rows = np.concatenate([network.look([_pixels(path)]).pooled for path in [*paths[0], *paths[1]]])
    truth = np.array([1.0] * len(paths[0]) + [0.0] * len(paths[1]), dtype=np.float32)
    logger.info("right of what was left out: %.3f of %d", crossed(rows, truth), len(truth))
    weights, bias = fit(rows, truth)
    np.savez(arguments.out, weights=weights, bias=bias)


def crossed(rows: Matrix, truth: NDArray[np.float32]) -> float:
    folds = np.random.default_rng(0).permutation(len(truth)) % FOLDS
    right = np.zeros(len(truth), dtype=np.bool_)
    for fold in range(FOLDS):
        left = folds == fold
        weights, bias = fit(rows[~left], truth[~left])
        right[left] = (rows[left] @ weights + bias > 0) == (truth[left] > 0)
    return float(right.mean())


def fit(rows: Matrix, truth: NDArray[np.float32]) -> tuple[NDArray[np.float32], np.float32]:
    """Return weights (1280,) and bias of least penalised loss."""
    mean = rows.mean(0)
    seen, real = torch.from_numpy((rows - mean) * SCALE), torch.from_numpy(truth)
    weights = torch.zeros(rows.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    search = torch.optim.LBFGS([weights, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        missed = functional.binary_cross_entropy_with_logits(
            seen @ weights + bias, real, reduction="sum"
        )
        whole = missed * STRENGTH + weights.square().sum() / 2
        whole.backward()  # type: ignore[no-untyped-call]  # torch has no annotation there
        return whole

    search.step(loss)  # type: ignore[no-untyped-call]
    fitted = (weights.detach() * SCALE).numpy()
    return fitted, np.float32(bias.item() - mean @ fitted)


def _pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit what tells photographs.")
    for name in ("model", "photographs", "others", "out"):
        parser.add_argument(name, type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
