"""An `Ocr` without models: it reads bars of colour, each colour standing for a text."""

from collections.abc import Mapping, Sequence

import numpy as np

from ingest.layout.layout import Line, reading_order
from rag.datamodel import BBox
from rag.protocols import OcrLine, Pixels

Colour = tuple[int, int, int]


class LineCache(dict[str, list[OcrLine]]):
    """Lettering that was read, in memory."""

    def put(self, key: str, lines: list[OcrLine]) -> None:
        self[key] = lines


class FakeOcr:
    """Finds each known colour's box. `read_count`, `sheets`: how often, of what."""

    def __init__(self, words: Mapping[Colour, str], *, score: float = 0.99) -> None:
        self._words = words
        self._score = score
        self.read_count = 0
        self.sheets = 0.0

    def read(self, image: Pixels, *, sheets: float = 1.0) -> list[OcrLine]:
        self.read_count += 1
        self.sheets = sheets
        found = [
            Line(text=text, bbox=box, confidence=self._score)
            for colour, text in self._words.items()
            if (box := _box_of(image, colour)) is not None
        ]
        return [
            OcrLine(text=line.text, bbox=line.bbox, confidence=self._score)
            for line in reading_order(found)
        ]


def bars(
    lines: Sequence[tuple[Colour, int, int, int, int]], *, size: tuple[int, int] = (400, 400)
) -> np.ndarray:
    """Draw bars (colour, left, top, right, bottom) on white."""
    pixels = np.full((size[1], size[0], 3), 255, dtype=np.uint8)
    for colour, left, top, right, bottom in lines:
        pixels[top:bottom, left:right] = colour
    return pixels


def _box_of(image: Pixels, colour: Colour) -> BBox | None:
    rows, columns = np.nonzero((image == np.array(colour, dtype=np.uint8)).all(axis=2))
    if not rows.size:
        return None
    height_px, width_px = image.shape[:2]
    return BBox.clamped(
        columns.min() / width_px,
        rows.min() / height_px,
        (columns.max() + 1) / width_px,
        (rows.max() + 1) / height_px,
    )
