"""The language that a file itself declares, as an ISO 639-1 code.

Whatever is odd about it declares none: a document is never refused for its language. A PDF's
stands in its catalog (`ingest.parsers.pdf`).
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final

from ingest.discovery.formats import BY_MEDIA_TYPE, DOCX, EPUB, HTML
from rag.datamodel import SourceFile

_READ_BYTES: Final = 500_000
_CODE: Final = re.compile(r"\s*([A-Za-z]{2})(?![A-Za-z])")
"""What a language tag of two letters begins with (BCP 47): "de" of "de-AT"."""

_DUBLIN_CORE: Final = re.compile(rb"<dc:language\b[^>]*>([^<]+)<")
_IN_WORD: Final = re.compile(rb"<w:rPrDefault>.*?<w:lang\b[^>]*?\sw:val=\"([^\"]+)\"", re.DOTALL)
_IN_STYLE: Final = re.compile(rb"<style:default-style\b.*?\sfo:language=\"([^\"]+)\"", re.DOTALL)
_IN_PAGE: Final = re.compile(rb"<html\b[^>]*?\s(?:xml:)?lang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)

_Place = tuple[str, re.Pattern[bytes]]
_BOOK: Final[tuple[_Place, ...]] = ((".opf", _DUBLIN_CORE),)
_WORD: Final[tuple[_Place, ...]] = (("word/styles.xml", _IN_WORD),)
_OPEN_DOCUMENT: Final[tuple[_Place, ...]] = (("meta.xml", _DUBLIN_CORE), ("styles.xml", _IN_STYLE))
"""Members (the end of the name) that declare a language, and how: ECMA-376, ODF, EPUB."""


def code_of(tag: str) -> str | None:
    """Return the ISO 639-1 code that a language tag begins with; None where it is no such tag."""
    found = _CODE.match(tag)
    return found[1].lower() if found else None


def declared_language(file: SourceFile) -> str | None:
    """Return the language (ISO 639-1) that a file of a kind with languages declares."""
    try:
        if file.media_type == HTML.media_type:
            return _declared(file.at.read_bytes()[:_READ_BYTES], _IN_PAGE)
        return _of_archive(file.at, _places(file.media_type))
    except Exception:  # noqa: BLE001 - strangers' bytes: whatever a library says of them, no language
        return None


def _places(media_type: str) -> tuple[_Place, ...]:
    known = BY_MEDIA_TYPE.get(media_type)
    if known is not None and known.is_open_document:
        return _OPEN_DOCUMENT
    return {DOCX.media_type: _WORD, EPUB.media_type: _BOOK}.get(media_type, ())


def _of_archive(path: Path, places: tuple[_Place, ...]) -> str | None:
    if not places:
        return None
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for ending, form in places:
            name = next((name for name in names if name.endswith(ending)), None)
            if name is None:
                continue
            with archive.open(name) as member:
                code = _declared(member.read(_READ_BYTES), form)
            if code is not None:
                return code
    return None


def _declared(data: bytes, form: re.Pattern[bytes]) -> str | None:
    found = form.search(data)
    return code_of(found[1].decode("ascii", "replace")) if found else None
