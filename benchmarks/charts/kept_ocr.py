"""Lettering that is read once: what OCR told of a picture is kept in a folder, by its pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ingest.layout.layout import Line
from ingest.ocr.document_ocr import NOISE_SCORE
from ingest.ocr.ocr import RapidOcr
from rag.protocols import OcrLine, Pixels
from rag.storage.documents.codec import decode_lines, encode_lines


class KeptOcr:
    """Our OCR, asked only for pictures that the folder has nothing of; without one, for all."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._ocr: RapidOcr | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def read(self, image: Pixels, *, sheets: float = 1.0) -> list[OcrLine]:
        if self._folder is None:
            return self._read(image, sheets)
        shape = "x".join(map(str, image.shape))
        name = hashlib.sha256(image.tobytes() + f"{shape}-{sheets}".encode()).hexdigest()[:32]
        kept = self._folder / f"{name}.json"
        if not kept.exists():
            kept.write_bytes(encode_lines(self._read(image, sheets)))
        return decode_lines(kept.read_bytes())

    def _read(self, image: Pixels, sheets: float) -> list[OcrLine]:
        self._ocr = self._ocr or RapidOcr()
        return self._ocr.read(image, sheets=sheets)


def legible(lines: Sequence[OcrLine]) -> list[Line]:
    """Return the lines that are no noise, as a reader of charts is given them."""
    return [
        Line(text=one.text, bbox=one.bbox, confidence=one.confidence)
        for one in lines
        if one.confidence >= NOISE_SCORE
    ]
