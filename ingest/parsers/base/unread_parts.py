"""What a package holds beside what was read of it, for the notes of the file.

Nothing is left out in silence. A part counts as read where words of it are among those that were
read; one without words says how things look. Knows packages, and no format.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.containers import BROKEN, Entry, blocks_of
from ingest.archives.outlook import COMPOUND_FILE
from ingest.discovery.archive import open_archive
from ingest.discovery.encoding import decode_text, is_text
from ingest.parsers.base.elements import one_line
from ingest.parsers.base.office import related_parts
from rag.datamodel import Element, SourceFile

_HEAD_BYTES: Final = 1 << 16
"""Of a part, in which its first words stand."""

_MAX_NAMES: Final = 10
_TAG: Final = re.compile(r"<[^<>]*>")
_SEVERAL: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}+\s++[^\W\d_]{2}")
"""Several words: one alone may be a code or a switch."""

_LINES_LOOKED_FOR: Final = 50
_APART: Final = (
    *("/slide", "/worksheet", "/header", "/footer", "/image", "/package", "/oleObject"),
    *("/audio", "/video", "/media"),
    *("/font", "/printerSettings", "/slideLayout", "/slideMaster", "/notesMaster"),
    "/handoutMaster",
)
"""Relationships to what is told elsewhere where it is not read, and to how things look."""

_STREAMS: Final = ("content.xml", "styles.xml", "meta.xml", "settings.xml")
_OF_PROGRAMS: Final = ("META-INF/", "Thumbnails/", "ObjectReplacements/", "Configurations2/")
_CACHES: Final = ("mimetype", "manifest.rdf", "layout-cache")


def unread_in_package(
    archive: zipfile.ZipFile, elements: Sequence[Element], *, apart: Sequence[str] = ()
) -> list[str]:
    """Return the note on parts of an Office package, if any; `elements` are what was read.

    What the package as a whole relates to is its main part, and what tells about the file. Parts of
    relationships that end as one of `apart` are accounted for by who asks.
    """
    kinds: dict[str, set[str]] = {}
    about: set[str] = set()
    for source, kind, part in related_parts(archive):
        kinds.setdefault(part, set()).add(kind)
        if not source:
            about.add(part)
    known = (*_APART, *apart)
    parts = (p for p in kinds if p not in about and not any(k.endswith(known) for k in kinds[p]))
    return _note(archive, parts, elements)


def unread_in_open_document(archive: zipfile.ZipFile, elements: Sequence[Element]) -> list[str]:
    """Return the note on parts of an OpenDocument package, if any (OpenDocument 1.3, part 2)."""
    parts = (
        name
        for name in archive.namelist()
        if name not in (*_STREAMS, *_CACHES)
        and not name.startswith(_OF_PROGRAMS)
        and not name.endswith("/")
        and PurePosixPath(name).name not in _STREAMS[1:]
        and PurePosixPath(name).parent.name != "Pictures"
    )
    return _note(archive, parts, elements)


def unread_in_compound_file(path: Path) -> list[str]:
    """Return the note on what is embedded in an old Office file, if any: macros, other files.

    Its own words stand in streams; what it holds of others has a storage of its own ([MS-CFB]).
    """
    import olefile  # noqa: PLC0415 - only for old Office files

    with olefile.OleFileIO(path) as compound:
        return unread_note(entry[0] for entry in compound.listdir(streams=False, storages=True))


def unread_note(names: Iterable[str]) -> list[str]:
    """Return a note on what is there and was not read; none where that is nothing."""
    listed = sorted(set(names))
    if not listed:
        return []
    more = len(listed) - _MAX_NAMES
    shown = ", ".join(listed[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
    return [f"also holds {shown}, not read"]


def _note(archive: zipfile.ZipFile, parts: Iterable[str], elements: Sequence[Element]) -> list[str]:
    read = "\n".join(element.text for element in elements)
    return unread_note(
        PurePosixPath(part).name for part in parts if not _is_read(archive, part, read)
    )


def _is_read(archive: zipfile.ZipFile, part: str, read: str) -> bool:
    """Say whether words of a part were read, or it is XML without any."""
    with archive.open(part) as stream:
        data = stream.read(_HEAD_BYTES)
    is_xml = data.startswith(b"<")
    if not (is_xml or is_text(data)):
        return not data
    text = data.decode(errors="replace") if is_xml else decode_text(data)
    lines = filter(_SEVERAL.search, html.unescape(_TAG.sub("\n", text)).splitlines())
    said = list(map(one_line, islice(lines, _LINES_LOOKED_FOR)))
    return not said or any(words in read for words in said)


_EMBEDDED: Final = ("/package", "/oleObject", "/audio", "/video", "/media")
_CHART: Final = ("/chart", "/chartEx")
_NATIVE: Final = "\x01Ole10Native"
_HOLDING: Final = ("Package", "CONTENTS")
_MARKS: Final = (b"PK\x03\x04", b"%PDF-")
_DOCUMENTS: Final = {
    "WordDocument": ".doc",
    "Workbook": ".xls",
    "Book": ".xls",
    "PowerPoint Document": ".ppt",
}
_EQUATION: Final = "Equation Native"
_OTHER: Final = "It is an object of a program whose files are not read."


def embedded_entries(file: SourceFile, _spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield the embedded files, each once."""
    with open_archive(file.at) as archive:
        related = list(related_parts(archive))
        charts = {part for _, kind, part in related if kind.endswith(_CHART)}
        parts = (p for s, kind, p in related if kind.endswith(_EMBEDDED) and s not in charts)
        for part in dict.fromkeys(parts):
            member = archive.getinfo(part)
            try:
                found = list(_entries(archive, member, max_bytes))
            except BROKEN:
                found = [Entry(name=_name(member), reason="It is damaged.", failed=True)]
            yield from found


def _name(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).name


def _entries(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> Iterator[Entry]:
    name = _name(member)
    with archive.open(member) as stream:
        is_compound = stream.read(len(COMPOUND_FILE)) == COMPOUND_FILE
    if is_compound and member.file_size <= max_bytes:
        yield from _objects(archive.read(member), name)
        return
    yield Entry(
        name=name,
        size_bytes=member.file_size,
        packed_bytes=member.compress_size,
        blocks=lambda: blocks_of(archive.open(member)),
    )


def _objects(data: bytes, name: str) -> Iterator[Entry]:
    import olefile  # noqa: PLC0415 - only for such objects

    stem = PurePosixPath(name).stem
    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        if compound.exists(_NATIVE):
            label, held = _native(compound.openstream(_NATIVE).read())
            yield _entry(label or stem, held)
            return
        for stream in filter(compound.exists, _HOLDING):
            held = compound.openstream(stream).read()
            if held.startswith(_MARKS):
                yield _entry(stem, held)
                return
        suffix = next((end for key, end in _DOCUMENTS.items() if compound.exists(key)), "")
        if suffix:
            yield _entry(f"{stem}{suffix}", data)
        elif not compound.exists(_EQUATION):
            yield Entry(name=name, reason=_OTHER)


def _native(data: bytes) -> tuple[str, bytes]:
    """Return the name and the content of a packed file. Raises ValueError where it is damaged."""
    label, at = _text(data, 6)  # after the size and the kind
    _, at = _text(data, at)
    at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    size = int.from_bytes(data[at : at + 4], "little")
    return label, data[at + 4 : at + 4 + size]


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode("cp1252", "replace"), end + 1


def _entry(name: str, data: bytes) -> Entry:
    return Entry(name=name, size_bytes=len(data), blocks=lambda: blocks_of(io.BytesIO(data)))
