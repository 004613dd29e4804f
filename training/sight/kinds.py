"""Fits the kinds of pictures: `python -m training.sight.kinds LABELS ... PICTURES OUT`.

LABELS are rows of `training/sight/kinds_public.tsv`, and of the drawn pictures that
`training.sight.drawn_kinds` makes; PICTURES holds each labelled picture as
`HASH.png`, at most `COPY_PX` long (a smaller copy is what the finder gets anyway); OUT is the file
that `ingest.ocr.picture_sight` loads. Logs how often a fit that saw nothing of a picture's
publisher is right, and how often the fit of all `fit` rows is right of the `held` ones.

The signs are brought to their mean and spread, rotated to their first directions, and a
multinomial logistic regression tells the kinds; rotation and regression are one linear map.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from ingest.ocr.picture_sight import (
    CHARTS,
    MAX_DEVIATIONS,
    Floats,
    LineFinder,
    SightWeights,
    kind_of,
)

logger = logging.getLogger("training")

COPY_PX: Final = 640
MIXED: Final = "x"
"""Pictures of several kinds, or none of these: nothing is learned from them."""

DRAWN: Final = "drawn-"
"""Begins the publishers of drawn pictures: they are learned from, and nothing is scored by them."""

NAMES: Final = {"logo": "ornament", "page": "scan"}
"""Labels that `rag.storage.images.picture_kind` calls otherwise."""

DIRECTIONS: Final = 400
STRENGTH: Final = 0.02
"""Inverse weight of the penalty, chosen by pictures of publishers left out (.01, .015, .02)."""

MIN_SPREAD: Final = 1e-3
MIN_SHARE: Final = 1e-6
"""A direction that holds less of what the first one does is rounding."""

STEPS: Final = 200
FOLDS: Final = 6


@dataclass(frozen=True, slots=True)
class Labelled:
    """Pictures: `signs` (n, signs), and of each its kind, publisher and whether it is held out."""

    signs: Floats
    kinds: NDArray[np.str_]
    publishers: NDArray[np.str_]
    held: NDArray[np.bool_]

    def part(self, rows: NDArray[Any]) -> Labelled:
        return Labelled(self.signs[rows], self.kinds[rows], self.publishers[rows], self.held[rows])


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    arguments = _arguments()
    finder = LineFinder()
    seen = read(arguments.labels, arguments.pictures, finder)
    fitted = seen.part(~seen.held)
    weights = fit(fitted, finder=finder.digest)
    logger.info("left out: %s", crossed(fitted, finder=finder.digest))
    logger.info("held: %s", right(weights, seen.part(seen.held)))
    save(weights, arguments.out)


def read(labels: Sequence[Path], pictures: Path, finder: LineFinder) -> Labelled:
    """Return the labelled pictures that lie in the folder; those of no one kind are left out."""
    lines = [line for path in labels for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [line.split("\t") for line in lines]
    kept = [row for row in rows if row[1] != MIXED and (pictures / f"{row[0]}.png").exists()]
    signs = [finder.signs(_pixels(pictures / f"{row[0]}.png")) for row in kept]
    return Labelled(
        np.array(signs, dtype=np.float32),
        np.array([NAMES.get(row[1], row[1]) for row in kept]),
        np.array([row[2] for row in kept]),
        np.array([row[3] == "held" for row in kept]),
    )


def _pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def fit(seen: Labelled, *, finder: str) -> SightWeights:
    """Fit the map to all rows."""
    mean, spread = seen.signs.mean(0), seen.signs.std(0) + MIN_SPREAD
    near = np.clip((seen.signs - mean) / spread, -MAX_DEVIATIONS, MAX_DEVIATIONS)
    turned = _directions(near)  # (signs, directions)
    kinds, numbers = np.unique(seen.kinds, return_inverse=True)
    weights, bias = _regression(near @ turned, numbers, len(kinds))
    return SightWeights(
        kinds=tuple(kinds.tolist()),
        mean=mean,
        spread=spread,
        weights=(turned @ weights).astype(np.float32),
        bias=bias,
        finder=finder,
    )


def _regression(rows: Floats, kinds: NDArray[np.intp], count: int) -> tuple[Floats, Floats]:
    """Return the weights (directions, kinds) and biases of least penalised loss."""
    seen, real = torch.from_numpy(rows), torch.from_numpy(kinds)
    weights = torch.zeros(rows.shape[1], count, requires_grad=True)
    bias = torch.zeros(count, requires_grad=True)
    search = torch.optim.LBFGS(
        [weights, bias], max_iter=STEPS, tolerance_grad=1e-4, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        search.zero_grad()
        missed = functional.cross_entropy(seen @ weights + bias, real, reduction="sum")
        whole = missed * STRENGTH + weights.square().sum() / 2
        whole.backward()  # type: ignore[no-untyped-call]  # torch has no annotation there
        return whole

    search.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach().numpy(), bias.detach().numpy()


def _directions(near: Floats) -> Floats:
    """Return the first directions, each divided by the root of its deviation.

    By the pictures' products with each other, since there are fewer pictures than signs.
    """
    values, vectors = np.linalg.eigh(near @ near.T)
    kept = np.flatnonzero(values > MIN_SHARE * values[-1])[::-1][:DIRECTIONS]
    values, vectors = values[kept], vectors[:, kept]
    first = near.T @ vectors / np.sqrt(values)
    turned: Floats = (first / (values / len(near)) ** 0.25).astype(np.float32)
    return turned


def crossed(seen: Labelled, *, finder: str) -> dict[str, float]:
    """Return how often it is right of real pictures by publishers that the fit saw nothing of."""
    is_real = ~np.char.startswith(seen.publishers, DRAWN)
    publishers, owners = np.unique(seen.publishers, return_inverse=True)
    folds = np.random.default_rng(0).permutation(len(publishers)) % FOLDS
    chances: list[dict[str, float]] = [{} for _ in seen.kinds]
    for fold in range(FOLDS):
        left = is_real & (folds[owners] == fold)
        weights = fit(seen.part(~left), finder=finder)
        for row in np.flatnonzero(left):
            chances[row] = weights.chances(seen.signs[row])
    return _figures([chances[row] for row in np.flatnonzero(is_real)], seen.kinds[is_real])


def right(weights: SightWeights, seen: Labelled) -> dict[str, float]:
    return _figures([weights.chances(signs) for signs in seen.signs], seen.kinds)


def _figures(chances: Sequence[dict[str, float]], kinds: NDArray[np.str_]) -> dict[str, float]:
    """Return the share of pictures told right if all must be told, of those told, and told."""
    best = np.array([max(one, key=one.__getitem__) for one in chances])
    said = [(kind_of(one), kind) for one, kind in zip(chances, kinds, strict=True)]
    sure = [_holds(kind, real) for kind, real in said if kind]
    return {
        "pictures": len(kinds),
        "all": round(float((best == kinds).mean()), 3),
        "told": round(len(sure) / len(kinds), 3),
        "right": round(sum(sure) / max(1, len(sure)), 3),
    }


def _holds(kind: str, real: str) -> bool:
    return kind == real or (kind == "chart" and real in CHARTS)


def save(weights: SightWeights, out: Path) -> None:
    np.savez_compressed(
        out,
        kinds=np.array(weights.kinds),
        mean=weights.mean,
        spread=weights.spread,
        weights=weights.weights,
        bias=weights.bias,
        finder=np.array(weights.finder),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the kinds of pictures.")
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
