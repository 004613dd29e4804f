"""The files that are embedded in an Office package, for whoever unpacks them.

Workbooks, documents, recordings and packed files, by the relationships that lead to them; the
workbook behind a chart is left out, as the chart's values are read. Objects of the older kind are
compound files: [MS-OLEDS] 2.3.6 (Ole10Native), or the document itself.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.containers import BROKEN
from ingest.archives.entry import Entry, blocks_of
from ingest.archives.outlook import COMPOUND_FILE
from ingest.discovery.archive import open_archive
from ingest.parsers.base.office.open_xml import related_parts
from rag.datamodel import SourceFile

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


def embedded_entries(file: SourceFile, *, spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield the embedded files, each once."""
    del spool
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
    """Yield what an object of the older kind holds."""
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
