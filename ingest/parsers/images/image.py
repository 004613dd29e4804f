"""Stand-alone pictures. Pixels only; lettering is read later.

Each page of a TIFF is a page; of an animated picture the first frame is read. Of a picture whose
end is missing the visible part is kept, with a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from ingest.discovery.formats import FORMATS, TIFF
from ingest.parsers.base.elements import document_of, figure_element
from rag.datamodel import FULL_PAGE, Document, Element, ImageAsset, SourceFile
from rag.errors import LimitError, SourceError
from rag.protocols import Assets
from rag.settings import Settings
from rag.storage.images.assets import CutOffPictureError, TooManyPixelsError, count_frames

MEDIA_TYPES: Final = frozenset(each.media_type for each in FORMATS if each.parser == TIFF.parser)
Made = TypeVar("Made")
CUT_OFF: Final = "the picture is cut off: only its visible part was read"


def parse_image(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Store the pages, upright. Raises SourceError or LimitError."""
    data = file.at.read_bytes()
    pages = _told(lambda: count_frames(data)) if file.media_type == TIFF.media_type else 1
    limit = settings.page_limit
    warnings: dict[str, None] = {}
    if pages > limit:
        cut = f"only the first {limit} of {pages} pages were read; raise RAG_PAGE_LIMIT"
        warnings[cut] = None
    elements: list[Element] = []
    for page in range(1, min(pages, limit) + 1):
        try:
            image, is_whole = _stored(data, page, assets)
        except SourceError as error:
            if page == 1:
                raise
            warnings[f"page {page} could not be read ({error})"] = None
            continue
        warnings |= {} if is_whole else {CUT_OFF: None}
        elements.append(figure_element(image, page=page, bbox=FULL_PAGE))
    return document_of(file, elements, page_count=pages, warnings=warnings)


def _stored(data: bytes, page: int, assets: Assets) -> tuple[ImageAsset, bool]:
    """Return one page as stored, and whether it is whole. Raises SourceError or LimitError."""
    try:
        return assets.put_encoded(data, frame=page - 1), True
    except CutOffPictureError as error:
        image = _told(lambda: assets.put_encoded(data, frame=page - 1, cut_off=True))
        if assets.pixels(image).std() == 0:  # nothing of it was there
            raise _unreadable(error) from error
        return image, False
    except OSError as error:
        raise _unreadable(error) from error


def _told(work: Callable[[], Made]) -> Made:
    try:
        return work()
    except OSError as error:
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> SourceError:
    if isinstance(error, TooManyPixelsError):
        return LimitError(str(error), hint="Raise RAG_IMAGE_MEGAPIXELS to read larger pictures.")
    return SourceError(str(error), hint="It may be damaged: open and save it with another program.")
