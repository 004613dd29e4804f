"""What a photograph shows: EfficientNet-Lite2's chances of 1,000 classes, and words for them.

Taught on ImageNet's photographs (Liu, Higher accuracy on vision models with EfficientNet-Lite,
2020); its weights come with the set-up. Chances are summed over all that is a kind of a thing, so
a labrador is a dog and an animal as well: the words are WordNet's (Princeton University; the
licence lies beside the table), `training.sight.concepts` makes the table. Knows no document.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.base.computing import LazyModel, widened
from rag.models.base.weights import reason_of
from rag.protocols import Matrix, Pixels

if TYPE_CHECKING:
    from rag.models.base.network import Network

GRAPH: Final = "efficientnet-lite2.xml"
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


class PhotographNetwork(LazyModel["Network"]):
    """Loads when first needed; thread-safe. Raises ModelError where its file can't be read."""

    model_id = MODEL_ID
    dim = POOLED

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / GRAPH

    def look(self, images: Sequence[Pixels]) -> Looks:
        """Return what the network makes of pictures, each of shape (height, width, 3)."""
        pooled = np.zeros((len(images), POOLED), dtype=np.float32)
        chances = np.zeros((len(images), CLASSES), dtype=np.float32)
        for row, pixels in enumerate(images):
            pooled[row : row + 1], chances[row : row + 1] = self._model()(tensor_of(pixels))
        unit = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return Looks(pooled=unit, chances=chances, photographs=photograph_chances(unit))

    def _load(self) -> Network:
        from rag.models.base.network import read_network

        try:
            return read_network(self._file)
        except RuntimeError as error:
            raise ModelError(
                f"The model file {self._file} can't be used: {reason_of(error)}.",
                hint="Run: make setup",
            ) from error


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


TABLE: Final = Path(__file__).with_name("concepts.tsv")

MIN_CHANCE: Final = 0.3
"""A thing is told from here on: of photographs four in five are told rightly, of drawings and
papers none is (benchmarks/LOG.md)."""

MIN_PHOTOGRAPH: Final = 0.6
"""What is a photograph with less is told nothing of."""

MAX_CONCEPTS: Final = 8


@cache
def concept_table() -> tuple[list[list[str]], NDArray[np.float32]]:
    """Return the words of each concept, and which classes it covers: (1000, concepts).

    Narrow ones come first. Classes that fire on drawings and papers, such as "web site" and "menu",
    are in none.
    """
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
    covers = np.zeros((CLASSES, len(rows)), dtype=np.float32)
    for column, (ranges, _) in enumerate(rows):
        for first, _, last in (part.partition("-") for part in ranges.split(",")):
            covers[int(first) : int(last or first) + 1, column] = 1.0
    return [words.split(",") for _, words in rows], covers


def concepts_of(chances: NDArray[np.float32]) -> list[tuple[list[str], float]]:
    """Return the words and the chance of each thing that is seen, narrow things first."""
    words, covers = concept_table()
    summed = zip(words, (chances @ covers).tolist(), strict=True)
    seen = [(own, min(1.0, chance)) for own, chance in summed if chance >= MIN_CHANCE]
    return seen[:MAX_CONCEPTS]


def seen_line(chances: NDArray[np.float32], photograph: float) -> str:
    """Return what a photograph, if so it is, shows: "Seen: Egyptian cat 75 %, cat 97 %", or ""."""
    if photograph < MIN_PHOTOGRAPH:
        return ""
    concepts = [f"{_named(*words)} {chance:.0%}" for words, chance in concepts_of(chances)]
    return f"{SEEN} {', '.join(concepts)}".replace("%", " %") if concepts else ""


SEEN: Final = "Seen:"
"""Begins the line, wherever it is kept."""


def _named(first: str, *others: str) -> str:
    return f"{first} ({', '.join(others)})" if others else first
