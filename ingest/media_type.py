"""What kind of file this is, told by its content, then by its name. Reads no more than it must."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ingest.archive import open_archive
from ingest.encoding import is_text
from rag.errors import SourceError

HEAD_BYTES: Final = 8192
"""How much of a file is looked at."""
OLE_BYTES: Final = 64_000_000
"""How much of an old Office file is searched for the names of its streams."""

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EPUB: Final = "application/epub+zip"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
TEXT: Final = "text/plain"
MAIL: Final = "message/rfc822"

SUPPORTED: Final = (
    "PDF, pictures (png jpg gif webp tiff bmp), Word (docx), PowerPoint (pptx), Excel (xlsx), "
    "CSV, TSV, HTML, Markdown, text, e-mail (eml) and e-books (epub)"
)

_PDF_WITHIN: Final = 1024  # PDF 1.7, appendix H.3.4.1: the mark may stand this late
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
)
_TEXT_SUFFIXES: Final = {
    ".csv": CSV,
    ".eml": MAIL,
    ".htm": HTML,
    ".html": HTML,
    ".markdown": MARKDOWN,
    ".md": MARKDOWN,
    ".mdown": MARKDOWN,
    ".mht": MAIL,
    ".mhtml": MAIL,
    ".mkd": MARKDOWN,
    ".tab": TSV,
    ".tsv": TSV,
    ".xhtml": HTML,
}
_BINARY_SUFFIXES: Final = {
    ".bmp": "a BMP picture",
    ".docm": "a Word document",
    ".docx": "a Word document",
    ".epub": "an e-book",
    ".gif": "a GIF picture",
    ".jpeg": "a JPEG picture",
    ".jpg": "a JPEG picture",
    ".pdf": "a PDF",
    ".png": "a PNG picture",
    ".pptm": "a PowerPoint deck",
    ".pptx": "a PowerPoint deck",
    ".tif": "a TIFF picture",
    ".tiff": "a TIFF picture",
    ".webp": "a WebP picture",
    ".xlsm": "an Excel workbook",
    ".xlsx": "an Excel workbook",
}
_UNSUPPORTED_SUFFIXES: Final = {
    ".css": "a style sheet",
    ".js": "a program",
    ".map": "a program's map",
    ".mjs": "a program",
    ".svg": "an SVG drawing",
}
_UNSUPPORTED_MARKS: Final = (
    (b"{\\rtf", "a Rich Text file", "Save it as .docx."),
    (b"%!PS", "a PostScript file", "Convert it to PDF."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it."),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90\0", "a program", ""),
    (b"SQLite format 3\0", "an SQLite database", ""),
    (b"ID3", "a sound recording", ""),
    (b"OggS", "a sound recording", ""),
    (b"fLaC", "a sound recording", ""),
    (b"\x1aE\xdf\xa3", "a film", ""),
)
_PACKAGES: Final = (("word/", DOCX), ("ppt/", PPTX), ("xl/", XLSX))


def media_type_of(path: Path) -> str:
    """Return the media type of a file. Raises SourceError (why, what to do) for no such type."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    suffix = path.suffix.lower()
    if not head:
        raise SourceError("The file is empty (0 bytes).")
    found = _marked_type(path, head, suffix)
    if found:
        return found
    _refuse_known(head, suffix)
    if not is_text(head):
        raise _not_what_it_says(suffix, "unknown binary data")
    return _text_type(head, suffix)


def _marked_type(path: Path, head: bytes, suffix: str) -> str | None:
    """Tell the formats that begin with a mark of their own."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_type(path)
    if head.startswith(_OLE):
        raise _ole_error(path)
    at = head.find(b"%PDF-", 0, _PDF_WITHIN)
    if at == 0 or (at > 0 and suffix not in {*_TEXT_SUFFIXES, ".txt"}):
        return PDF
    return _picture_type(head)


def _ole_error(path: Path) -> SourceError:
    """Tell a protected Office file from one of the formats before 2007 by its streams' names."""
    with path.open("rb") as stream:
        content = stream.read(OLE_BYTES)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return SourceError(
            "The file is password protected.", hint="Save a copy without a password."
        )
    return SourceError(
        "The file is in an Office format from before 2007 (doc, xls, ppt), or password protected.",
        hint="Save it as .docx, .xlsx or .pptx without a password.",
    )


def _picture_type(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":  # reserved, always zero
        return "image/bmp"
    return next((kind for mark, kind in _PICTURES if head.startswith(mark)), None)


def _zip_type(path: Path) -> str:
    with open_archive(path) as archive:
        names = archive.namelist()
        if "mimetype" in names:
            _refuse_open_document(archive.read("mimetype")[:100].strip())
    if "META-INF/container.xml" in names:
        return EPUB
    for folder, media_type in _PACKAGES:
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return media_type
    raise SourceError("The file is a zip archive.", hint="Unpack it into the folder.")


def _refuse_open_document(mimetype: bytes) -> None:
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise SourceError(
            "The file is an OpenDocument file, which is not read.",
            hint="Save it as .docx, .pptx, .xlsx or PDF.",
        )


def _refuse_known(head: bytes, suffix: str) -> None:
    """Raise for formats that are recognised and not read."""
    for mark, name, hint in _UNSUPPORTED_MARKS:
        if head.startswith(mark):
            raise SourceError(f"The file is {name}, which is not read.", hint=hint)
    name_by_suffix = _UNSUPPORTED_SUFFIXES.get(suffix, "")
    is_drawing = b"<svg" in head[:1024] and b"<html" not in head.lower()
    name = name_by_suffix or ("an SVG drawing" if is_drawing else "")
    if name and (name_by_suffix or suffix not in {*_TEXT_SUFFIXES, ".txt"}):
        raise SourceError(f"The file is {name}, which is not read.", hint=f"Read are {SUPPORTED}.")


def _text_type(head: bytes, suffix: str) -> str:
    if suffix in _TEXT_SUFFIXES:
        return _TEXT_SUFFIXES[suffix]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return HTML
    if suffix in _BINARY_SUFFIXES:
        raise _not_what_it_says(suffix, "plain text")
    return TEXT


def _not_what_it_says(suffix: str, holds: str) -> SourceError:
    expected = _BINARY_SUFFIXES.get(suffix)
    if expected:
        return SourceError(
            f"The file is named {suffix} but is not {expected}: it holds {holds}.",
            hint="Give it its true name, or get an intact copy.",
        )
    return SourceError(f"The file holds {holds}.", hint=f"Read are {SUPPORTED}.")
