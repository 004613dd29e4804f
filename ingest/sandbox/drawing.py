"""Pages are drawn, and pictures decoded, in child processes of their own, for people who wait.

Knows jobs and children; knows nothing of documents, persons or what is kept of the drawings.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ingest.sandbox.jobs import CropJob, DrawingJob, DrawJob, Setup, answer_as
from ingest.sandbox.parser_process import Children
from rag.closing import Closing
from rag.datamodel import FULL_PAGE, BBox
from rag.errors import SourceError
from rag.protocols import Pixels
from rag.settings import Settings

DRAWN_AT_ONCE: Final = 2
"""Children that draw: a page that takes long holds up half of the others' drawings."""

MAX_SECONDS: Final = 15.0
"""Of work on one drawing: a person waits for it, and others after them."""

MAX_MB: Final = 1500
"""What one drawing may hold: a page of 24 megapixels, and the pictures that are on it."""


class DrawingProcess(Closing):
    """Implements `rag.protocols.PictureRenderer`. Safe for several threads.

    Its errors are SourceError, LimitError among them, and StoppedError once it is closed.
    """

    def __init__(self, settings: Settings) -> None:
        limited = replace(
            settings,
            file_seconds=min(MAX_SECONDS, settings.file_seconds),
            file_memory_mb=min(MAX_MB, settings.file_memory_mb),
        )
        root = settings.workspace / "assets"
        setup = Setup(settings=limited, assets_root=root, ocr_threads=1, nice=0)
        self._children = Children(setup, DRAWN_AT_ONCE)

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels:
        """Draw a page (from 1) so wide, or less where it would be too many pixels."""
        return self._pixels(DrawJob(path=path.absolute(), page=page, width_px=width_px))

    def crop(self, path: Path, bbox: BBox) -> Pixels:
        """Return a part of an encoded picture, at least one pixel wide and high."""
        return self._pixels(CropJob(path=path.absolute(), bbox=bbox))

    def whole_picture(self, path: Path) -> Pixels:
        """Return an encoded picture. Raises OSError where it can't be decoded."""
        try:
            return self.crop(path, FULL_PAGE)
        except SourceError as error:
            raise OSError(str(error)) from error

    def _pixels(self, job: DrawingJob) -> Pixels:
        return answer_as(np.ndarray, self._children.do(job))

    def close(self) -> None:
        """End the children; drawings under way, and those that wait, raise StoppedError."""
        self._children.close()
