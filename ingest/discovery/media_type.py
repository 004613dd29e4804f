"""What kind of file this is, told by its content, then by its name. Reads no more than it must."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath
from pkgutil import resolve_name
from typing import Final

from ingest.discovery.archive import open_archive
from ingest.discovery.encoding import decode_text, is_text
from ingest.discovery.formats import FAMILIES, FORMATS, MAIL, MBOX, TAR, TEXT, XML, ZIP, Format
from rag.errors import LockedError, SourceError

HEAD_BYTES: Final = 8192
"""How much of a file is looked at."""
MAX_LISTED: Final = 9
"""Suffixes of a family; more say nothing more."""

OLE_BYTES: Final = 64_000_000
"""How much of an old Office file is searched for the names of its streams."""

_PACKED: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR_SHIFT_AT, _DIRECTORY_AT, _ENTRY_BYTES = 30, 48, 128  # [MS-CFB] 2.2, 2.6
_BRANDS: Final = {brand: each.media_type for each in FORMATS for brand in each.brands}
_BINARY_SUFFIXES: Final = {
    suffix: each.called for each in FORMATS if each.called for suffix in each.suffixes
}
_EMPTY: Final = "The file is empty (0 bytes)."
_UNSUPPORTED_MARKS: Final = (
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it into the folder."),
    (b"%!PS", "a PostScript file", "Convert it to PDF."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it."),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90\0", "a program", ""),
    (b"SQLite format 3\0", "an SQLite database", ""),
)

_BY_SUFFIX: Final = {suffix: each for each in FORMATS if each.is_text for suffix in each.suffixes}
_BY_ROOT: Final = {root: each.media_type for each in FORMATS for root in each.roots}
_SURE_HEADERS: Final = frozenset(
    "received return-path message-id mime-version delivered-to dkim-signature".split()
)
_HEADERS: Final = _SURE_HEADERS.union(
    "from to cc bcc subject date sender reply-to content-type x-mailer in-reply-to references "
    "arc-seal".split()
)
_HEADER: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|$)")
_MIN_HEADERS: Final = 3
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_PROLOG: Final = re.compile(
    r"(?:\s++|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*+(?:\[.*?\])?\s*+>)*+", re.DOTALL
)
_MBOX: Final = re.compile(r"From \S(?=[^\n]*\d{2}:\d{2})[^\n]*\n")


def _text_type(head: bytes, suffix: str) -> str:
    named = _BY_SUFFIX.get(suffix, TEXT)
    if not named.shares_suffix:
        return named.media_type
    start = decode_text(head).lstrip()
    is_markup = start.startswith("<")
    if not is_markup and _MBOX.match(start) and _is_mail(start.partition("\n")[2]):
        return MBOX.media_type
    if not is_markup and _is_mail(start):
        return MAIL.media_type
    kinds = (each.media_type for each in FORMATS if each.opening and each.opening.match(start))
    if opened := next(kinds, None):
        return opened
    # Markup is told by its first element; else it is an XML file where it says so.
    prolog = _PROLOG.match(start) if is_markup else None
    root = _ROOT.match(start, prolog.end()) if prolog else None
    xml = XML.media_type if start.startswith("<?xml") else named.media_type
    return _BY_ROOT.get(root.group(1).lower(), xml) if root else named.media_type


def _is_mail(start: str) -> bool:
    """Say whether a text begins with the head of a mail (RFC 5322, 2.2)."""
    known: set[str] = set()
    for place, line in enumerate(start.split("\n")):
        if place and line[:1] in {" ", "\t"}:
            continue
        found = _HEADER.match(line)
        if not found:
            break
        known.add(found.group(1).lower())
    known &= _HEADERS
    return len(known) >= _MIN_HEADERS and bool(known & _SURE_HEADERS or {"from", "to"} <= known)


def _supported() -> str:
    """Return families with the usual suffix of each format, or all of a lone one; of few alone."""
    named = []
    for family, kin in FAMILIES.items():
        suffixes = [each.suffixes[0] for each in kin] if len(kin) > 1 else kin[0].suffixes
        listed = " ".join(suffix.removeprefix(".") for suffix in suffixes)
        named.append(f"{family} ({listed})" if len(suffixes) <= MAX_LISTED else family)
    return " and ".join(", ".join(named).rsplit(", ", 1))


SUPPORTED: Final = _supported()


def media_type_of(path: Path, *, name: str = "") -> str:
    """Return the media type of a file that goes by `name`. Raises SourceError for one not read."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    suffix = PurePosixPath(name or path.name).suffix.lower()
    if not head:
        raise SourceError(_EMPTY)
    found = _marked_type(path, head, suffix)
    if found:
        return found
    _check_text(head, suffix)
    media_type = _text_type(head, suffix)
    if media_type == TEXT.media_type and suffix in _BINARY_SUFFIXES:
        raise _not_what_it_says(suffix, "plain text")
    return media_type


def check_head(head: bytes, *, name: str) -> None:
    """Raise SourceError where a file's first `HEAD_BYTES` tell that it is not read.

    Looks at nothing but these bytes: what passes may still turn out to be damaged, or no document.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if not head:
        raise SourceError(_EMPTY)
    is_marked = head.startswith((*_PACKED, _OLE)) or _brand_type(head)
    if not (is_marked or any(_is_marked(each, head, suffix) for each in FORMATS)):
        _check_text(head, suffix)


def _check_text(head: bytes, suffix: str) -> None:
    for mark, name, hint in _UNSUPPORTED_MARKS:
        if head.startswith(mark):
            raise SourceError(f"The file is {name}, which is not read.", hint=hint)
    if not is_text(head):
        raise _not_what_it_says(suffix, "unknown binary data")


def _marked_type(path: Path, head: bytes, suffix: str) -> str | None:
    if head.startswith(_PACKED):
        return _zip_type(path)
    if head.startswith(_OLE):
        return _ole_type(path)
    marked = next((each for each in FORMATS if _is_marked(each, head, suffix)), None)
    if marked and marked.decompressor:
        broken = (OSError, EOFError, zlib.error, lzma.LZMAError)
        with suppress(*broken), resolve_name(marked.decompressor)(path) as stream:
            if _is_marked(TAR, stream.read(512), ""):
                return TAR.media_type
    return marked.media_type if marked else _brand_type(head)


def _is_marked(each: Format, head: bytes, suffix: str) -> bool:
    if each.mark is None:
        return False
    is_late = bool(each.mark_within) and suffix not in _BY_SUFFIX
    return bool(each.mark.match(head) or (is_late and each.mark.search(head, 0, each.mark_within)))


def _ole_type(path: Path) -> str:
    """Tell an Outlook message or an Office file from before 2007 by its streams' names."""
    with path.open("rb") as stream:
        content = stream.read(OLE_BYTES)
    names = _first_ole_names(content)
    for each in FORMATS:
        if each.ole_first and any(name.startswith(each.ole_first) for name in names):
            return each.media_type
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise LockedError
    for each in FORMATS:
        if any(f"{name}\0".encode("utf-16-le") in content for name in each.ole_streams):
            return each.media_type
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


def _brand_type(head: bytes) -> str | None:
    """Tell pictures by the first `ftyp` brand that is known (ISO 14496-12)."""
    if head[4:8] != b"ftyp":
        return None
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, 48, 4))]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)


def _zip_type(path: Path) -> str:
    with open_archive(path) as archive:
        names = archive.namelist()
        document = _open_document(archive) if "mimetype" in names else None
    if document:
        return document
    parts = {*names, *(f"{name.partition('/')[0]}/" for name in names if "/" in name)}
    packages = (each for each in FORMATS if each.package and each.package <= parts)
    return next(packages, ZIP).media_type


def _open_document(archive: zipfile.ZipFile) -> str | None:
    """Tell an OpenDocument file by its first member (OpenDocument 1.3, part 2, 3.3)."""
    try:
        with archive.open("mimetype") as stream:
            mimetype = stream.read(100).strip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        return None
    kinds = (each.media_type for each in FORMATS if each.is_open_document)
    return next((kind for kind in kinds if mimetype.startswith(kind.encode())), None)


def _not_what_it_says(suffix: str, holds: str) -> SourceError:
    expected = _BINARY_SUFFIXES.get(suffix)
    if expected:
        return SourceError(
            f"The file is named {suffix} but is not {expected}: it holds {holds}.",
            hint="Give it its true name, or get an intact copy.",
        )
    return SourceError(f"The file holds {holds}.", hint=f"Read are {SUPPORTED}.")
