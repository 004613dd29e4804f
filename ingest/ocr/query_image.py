"""The picture in a question: its perceptual hash, and its lettering as words."""

from __future__ import annotations

from pathlib import Path

from rag.datamodel import QueryImage
from rag.errors import LimitError, SourceError
from rag.protocols import Assets, Ocr
from rag.storage.images.assets import TooManyPixelsError


def read_query_image(path: Path, *, ocr: Ocr, assets: Assets) -> QueryImage:
    """Read a picture that a person asks with. Raises SourceError if it can't be decoded.

    The picture is stored among the assets, so that the conversation can show it again.
    """
    try:
        image = assets.put_encoded(path.read_bytes())
        pixels = assets.pixels(image)
    except TooManyPixelsError as error:
        hint = "Raise RAG_IMAGE_MEGAPIXELS, or take a smaller one."
        raise LimitError(str(error), hint=hint) from error
    except OSError as error:
        raise SourceError(str(error), hint="Take another picture, or save it again.") from error
    lettering = "\n".join(line.text for line in ocr.read(pixels))
    return QueryImage(path=str(path), phash=image.phash, lettering=lettering)
