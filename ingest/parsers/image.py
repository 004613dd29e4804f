"""Stand-alone pictures: png, jpg, webp, tiff, bmp, gif. Pixels only; lettering is read later."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rag.datamodel import FULL_PAGE, Document, Element, Provenance, SourceFile
from rag.errors import LimitError, SourceError
from rag.index.assets import TooManyPixelsError
from rag.protocols import Assets
from rag.settings import Settings

MEDIA_TYPES: Final = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/tiff", "image/bmp", "image/gif"}
)


class ImageParser:
    """The `Parser` of picture files: one page, one pending figure that fills it."""

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings

    @property
    def media_types(self) -> frozenset[str]:
        return MEDIA_TYPES

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        """Store the first frame, upright. Raises SourceError or LimitError."""
        try:
            image = assets.put_encoded(Path(file.path).read_bytes())
        except TooManyPixelsError as error:
            raise LimitError(
                str(error), hint="Raise RAG_IMAGE_MEGAPIXELS to read larger pictures."
            ) from error
        except OSError as error:
            raise SourceError(
                str(error), hint="It may be damaged: open and save it with another program."
            ) from error
        figure = Element(
            role="figure",
            image=image,
            provenances=(Provenance(page=1, bbox=FULL_PAGE),),
            pending=True,
        )
        return Document(
            id=file.sha256,
            sources=(file.source,),
            media_type=file.media_type,
            page_count=1,
            elements=(figure,),
        )
