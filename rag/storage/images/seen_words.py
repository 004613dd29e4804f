"""What a model saw on pictures, by picture: kept until every document that shows it says so.

Knows the table that lettering is kept in; knows no model and no document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from rag.datamodel import FULL_PAGE, ImageAsset
from rag.protocols import OcrLine
from rag.storage.images.lettering import LetteringCache

UNTOLD: Final = 0.0
TOLD: Final = 1.0
"""Kept as the confidence of the line: whether the documents say it yet."""


class SeenWords:
    """Lines by picture, of one model. Any thread may call."""

    def __init__(self, cache: LetteringCache, *, model_id: str) -> None:
        self._cache = cache
        self._prefix = f"seen:{model_id}:"

    def put(self, lines: Mapping[str, str]) -> None:
        """Keep what was seen; a picture on which nothing was is not noted."""
        for image_id, line in lines.items():
            if line:
                self._put(image_id, line, UNTOLD)

    def of(self, image: ImageAsset) -> str:
        """Return the line of a picture; "" where nothing was seen, or it was not looked at."""
        return self._line(image.id)

    def untold(self) -> list[str]:
        """Return the pictures whose line is not in their documents yet."""
        kept = {key: self._cache.get(key) for key in self._cache.keys_of(self._prefix)}
        return [
            key.removeprefix(self._prefix)
            for key, lines in kept.items()
            if lines and lines[0].confidence == UNTOLD
        ]

    def tell(self, image_ids: Collection[str]) -> None:
        """Note that the documents of these pictures say it."""
        for image_id in image_ids:
            self._put(image_id, self._line(image_id), TOLD)

    def _line(self, image_id: str) -> str:
        known = self._cache.get(f"{self._prefix}{image_id}")
        return known[0].text if known else ""

    def _put(self, image_id: str, line: str, told: float) -> None:
        kept = OcrLine(text=line, bbox=FULL_PAGE, confidence=told)
        self._cache.put(f"{self._prefix}{image_id}", [kept])
