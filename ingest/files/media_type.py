"""What kind of file this is, told by its content, then by its name. Reads no more than it must.

What a text is, is told in `ingest.files.text_type`.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from ingest.files.archive import open_archive
from ingest.files.encoding import is_text
from ingest.files.media_types import (
    BZIP2,
    DOC,
    DOCX,
    EPUB,
    GZIP,
    ODP,
    ODS,
    ODT,
    OUTLOOK,
    PDF,
    PPT,
    PPTX,
    RTF,
    SEVEN_ZIP,
    TAR,
    TEXT,
    TIFF,
    XLS,
    XLSX,
    XZ,
    ZIP,
)
from ingest.files.text_type import is_text_suffix, text_type
from rag.errors import SourceError

HEAD_BYTES: Final = 8192
"""How much of a file is looked at."""
OLE_BYTES: Final = 64_000_000
"""How much of an old Office file is searched for the names of its streams."""

SUPPORTED: Final = (
    "PDF, pictures (png jpg gif webp tiff bmp heic avif svg), Office (docx pptx xlsx doc ppt xls "
    "odt odp ods rtf), tables and data (csv tsv json yaml xml), web pages, Markdown, LaTeX, "
    "reStructuredText, text, source code, subtitles (srt vtt), e-mail (eml msg mbox), e-books "
    "(epub) and archives (zip 7z tar gz bz2 xz)"
)

_PDF_WITHIN: Final = 1024  # PDF 1.7, appendix H.3.4.1: the mark may stand this late
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR_SHIFT_AT, _DIRECTORY_AT, _ENTRY_BYTES = 30, 48, 128  # [MS-CFB] 2.2, 2.6
_OUTLOOK_NAMES: Final = ("__substg1.0_", "__properties_version1.0", "__nameid_version1.0")
_OLE_STREAMS: Final = (
    ("WordDocument", DOC),
    ("PowerPoint Document", PPT),
    ("Workbook", XLS),
    ("Book", XLS),
)
_MARKS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"{\\rtf", RTF),
)
_ISO_BRANDS: Final = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heic"),
}
"""ISO 14496-12 `ftyp` brands of pictures (ISO 23008-12, AV1 Image File Format)."""

_COMPRESSED: Final = (
    (b"\x1f\x8b\x08", GZIP),
    (b"BZh", BZIP2),
    (b"\xfd7zXZ\0", XZ),
)
_RAR: Final = b"Rar!\x1a\x07"
_SEVEN_ZIP: Final = b"7z\xbc\xaf\x27\x1c"
_OPENERS: Final[dict[str, Any]] = {GZIP: gzip.open, BZIP2: bz2.open, XZ: lzma.open}
_TAR_MARK: Final = (257, b"ustar")  # POSIX.1-1988: magic of a header block
_BINARY_SUFFIXES: Final = {
    ".avif": "an AVIF picture",
    ".bmp": "a BMP picture",
    ".doc": "a Word document",
    ".docm": "a Word document",
    ".docx": "a Word document",
    ".epub": "an e-book",
    ".7z": "a 7-Zip archive",
    ".gif": "a GIF picture",
    ".gz": "a gzip archive",
    ".heic": "a HEIC picture",
    ".jpeg": "a JPEG picture",
    ".jpg": "a JPEG picture",
    ".msg": "an Outlook message",
    ".odp": "an OpenDocument presentation",
    ".ods": "an OpenDocument sheet",
    ".odt": "an OpenDocument text",
    ".pdf": "a PDF",
    ".png": "a PNG picture",
    ".ppt": "a PowerPoint deck",
    ".pptm": "a PowerPoint deck",
    ".pptx": "a PowerPoint deck",
    ".rtf": "a Rich Text file",
    ".tar": "a tar archive",
    ".tif": "a TIFF picture",
    ".tiff": "a TIFF picture",
    ".webp": "a WebP picture",
    ".xls": "an Excel workbook",
    ".xlsm": "an Excel workbook",
    ".xlsx": "an Excel workbook",
    ".zip": "a zip archive",
}
_UNSUPPORTED_MARKS: Final = (
    (b"%!PS", "a PostScript file", "Convert it to PDF."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it."),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90\0", "a program", ""),
    (b"SQLite format 3\0", "an SQLite database", ""),
    (b"ID3", "a sound recording", ""),
    (b"OggS", "a sound recording", ""),
    (b"fLaC", "a sound recording", ""),
    (b"\x1aE\xdf\xa3", "a film", ""),
)
_PACKAGES: Final = (("word/", DOCX), ("ppt/", PPTX), ("xl/", XLSX))
_OPEN_DOCUMENTS: Final = (
    (b"application/vnd.oasis.opendocument.text", ODT),
    (b"application/vnd.oasis.opendocument.spreadsheet", ODS),
    (b"application/vnd.oasis.opendocument.presentation", ODP),
)


def media_type_of(path: Path, *, name: str = "") -> str:
    """Return the media type of a file that goes by `name` (else by its path's).

    Raises SourceError (why, what to do) for a type that is not read.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    suffix = PurePosixPath(name or path.name).suffix.lower()
    if not head:
        raise SourceError("The file is empty (0 bytes).")
    found = _marked_type(path, head, suffix)
    if found:
        return found
    _refuse_known(head)
    if not is_text(head):
        raise _not_what_it_says(suffix, "unknown binary data")
    told = text_type(head, suffix)
    if told == TEXT and suffix in _BINARY_SUFFIXES:
        raise _not_what_it_says(suffix, "plain text")
    return told


def _marked_type(path: Path, head: bytes, suffix: str) -> str | None:
    """Tell the formats that begin with a mark of their own."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_type(path)
    if head.startswith(_OLE):
        return _ole_type(path)
    at = head.find(b"%PDF-", 0, _PDF_WITHIN)
    if at == 0 or (at > 0 and suffix != ".txt" and not is_text_suffix(suffix)):
        return PDF
    return _picture_type(head) or _archive_type(path, head)


def _ole_type(path: Path) -> str:
    """Tell an Outlook message or an Office file from before 2007 by its streams' names."""
    with path.open("rb") as stream:
        content = stream.read(OLE_BYTES)
    if any(name.startswith(_OUTLOOK_NAMES) for name in _first_ole_names(content)):
        return OUTLOOK
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SourceError("The file is password protected.", hint="Save a copy without a password.")
    for name, media_type in _OLE_STREAMS:
        if f"{name}\0".encode("utf-16-le") in content:
            return media_type
    raise SourceError("The file is an old Office container that holds no document.")


def _first_ole_names(content: bytes) -> list[str]:
    """Return the names in the directory's first sector: what a file holds may hold other names."""
    if len(content) < _DIRECTORY_AT + 4:
        return []
    (shift,) = struct.unpack_from("<H", content, _SECTOR_SHIFT_AT)
    (first,) = struct.unpack_from("<L", content, _DIRECTORY_AT)
    sector_bytes = 1 << min(shift, 12)
    start = (first + 1) * sector_bytes
    entries = range(start, min(start + sector_bytes, len(content)), _ENTRY_BYTES)
    return [content[at : at + 64].decode("utf-16-le", "replace") for at in entries]


def _picture_type(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":  # reserved, always zero
        return "image/bmp"
    if head[4:8] == b"ftyp":
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, 48, 4))]
        return next((_ISO_BRANDS[brand] for brand in brands if brand in _ISO_BRANDS), None)
    return next((kind for mark, kind in _MARKS if head.startswith(mark)), None)


def _archive_type(path: Path, head: bytes) -> str | None:
    """Tell archives; a compressed tar is a tar."""
    if _is_tar(head):
        return TAR
    if head.startswith(_SEVEN_ZIP):
        return SEVEN_ZIP
    kind = next((kind for mark, kind in _COMPRESSED if head.startswith(mark)), None)
    if kind is None:
        return None
    opener: Callable[[Path], IO[bytes]] = _OPENERS[kind]
    try:
        with opener(path) as stream:
            return TAR if _is_tar(stream.read(512)) else kind
    except (OSError, EOFError, zlib.error, lzma.LZMAError):
        return kind


def _is_tar(head: bytes) -> bool:
    at, mark = _TAR_MARK
    return head[at : at + len(mark)] == mark


def _zip_type(path: Path) -> str:
    with open_archive(path) as archive:
        names = archive.namelist()
        document = _open_document(archive) if "mimetype" in names else None
    if document:
        return document
    if "META-INF/container.xml" in names:
        return EPUB
    for folder, media_type in _PACKAGES:
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return media_type
    return ZIP


def _open_document(archive: zipfile.ZipFile) -> str | None:
    """Tell an OpenDocument file by its first member (OpenDocument 1.3, part 2, 3.3)."""
    try:
        with archive.open("mimetype") as stream:
            mimetype = stream.read(100).strip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return None
    return next((kind for mark, kind in _OPEN_DOCUMENTS if mimetype.startswith(mark)), None)


def _refuse_known(head: bytes) -> None:
    """Raise for formats that are recognised and not read."""
    if head.startswith(_RAR):
        raise SourceError("RAR archives are not read.", hint="Unpack it into the folder.")
    for mark, name, hint in _UNSUPPORTED_MARKS:
        if head.startswith(mark):
            raise SourceError(f"The file is {name}, which is not read.", hint=hint)


def _not_what_it_says(suffix: str, holds: str) -> SourceError:
    expected = _BINARY_SUFFIXES.get(suffix)
    if expected:
        return SourceError(
            f"The file is named {suffix} but is not {expected}: it holds {holds}.",
            hint="Give it its true name, or get an intact copy.",
        )
    return SourceError(f"The file holds {holds}.", hint=f"Read are {SUPPORTED}.")
