"""The day that a file itself gives as its own: of its last change, of sending, of a photograph.

Whatever is odd about it is no day: a document is never refused for its date.
"""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Final

from ingest.discovery.formats import BY_MEDIA_TYPE, IN_EXIF, IN_MAIL, IN_SUMMARY
from rag.datamodel import SourceFile

_MEMBER_BYTES: Final = 500_000
_CHANGED: Final = (
    re.compile(rb"<dcterms:modified\b[^>]*>([^<]+)<"),
    re.compile(rb'<meta\b[^>]*property="dcterms:modified"[^>]*>([^<]+)<'),
    re.compile(rb"<dc:date\b[^>]*>([^<]+)<"),
    re.compile(rb"<(?:dcterms:created|meta:creation-date)\b[^>]*>([^<]+)<"),
)
_DAY: Final = re.compile(r"\s*(?:D:)?(\d{4})[-:./]?(\d{2})[-:./]?(\d{2})")
"""The first digits of dates in ISO 8601, in PDF (ISO 32000, 7.9.4) and in Exif."""

_YEARS: Final = range(1900, 2100)
_EXIF_IFD: Final = 0x8769
_EXIF_TAGS: Final = (0x9003, 0x9004)
"""DateTimeOriginal, DateTimeDigitized; `_CHANGE_TAG` is that of the last change."""

_CHANGE_TAG: Final = 0x0132


def day_in(text: str) -> str:
    """Return the day (ISO) that a date begins with; "" where it is none."""
    found = _DAY.match(text)
    if found is None:
        return ""
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return ""
    return day.isoformat() if day.year in _YEARS else ""


def own_day(file: SourceFile) -> str:
    """Return the day (ISO) that a file gives as its own where `Format.dated` says; else ""."""
    dated = BY_MEDIA_TYPE[file.media_type].dated
    tellers = {IN_MAIL: _day_of_mail, IN_EXIF: _day_of_picture, IN_SUMMARY: _day_of_summary}
    try:
        if dated in tellers:
            return tellers[dated](file.at)
        return _day_of_archive(file.at, dated) if dated else ""
    except Exception:  # noqa: BLE001 - strangers' bytes: whatever a library says of them, no day
        return ""


def _day_of_archive(path: Path, ending: str) -> str:
    """Return the day of the last change, or else the first one (ECMA-376 part 2, ODF, EPUB)."""
    with zipfile.ZipFile(path) as archive:
        name = next((name for name in archive.namelist() if name.endswith(ending)), None)
        if name is None:
            return ""
        with archive.open(name) as member:
            text = member.read(_MEMBER_BYTES)
    texts = (found[1].decode() for form in _CHANGED if (found := form.search(text)))
    return next(filter(None, map(day_in, texts)), "")


def _day_of_mail(path: Path) -> str:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - email takes 0.1 s

    from ingest.archives.mailbox import read_message  # noqa: PLC0415 - as above

    sent = parsedate_to_datetime(str(read_message(path.read_bytes())["Date"]))
    return day_in(sent.isoformat())


def _day_of_summary(path: Path) -> str:
    """Return the day when a compound file was last saved, or else made ([MS-OLEPS])."""
    import olefile  # noqa: PLC0415 - only for old Office files

    with olefile.OleFileIO(path) as container:
        metadata = container.get_metadata()
    return day_in(str(metadata.last_saved_time or metadata.create_time or ""))


def _day_of_picture(path: Path) -> str:
    from PIL import Image  # noqa: PLC0415 - only for pictures

    with Image.open(path) as picture:
        exif = picture.getexif()
        inner = exif.get_ifd(_EXIF_IFD)
    tags = [*(inner.get(tag) for tag in _EXIF_TAGS), exif.get(_CHANGE_TAG)]
    return next(filter(None, (day_in(str(text)) for text in tags if text)), "")
