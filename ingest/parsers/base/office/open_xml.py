"""Office packages as the programs of Office open them, mended before a library does.

One pass over the relationships (ECMA-376, part 2, 9.3): what leads nowhere is left out, what is
spelt in other letters is set right, and the names of Strict Open XML (part 1) become those of the
Transitional form (part 4), which is all that libraries know. A package that needs nothing of this
is given as it is.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote

from lxml import etree

from ingest.discovery.archive import check, open_checked
from ingest.parsers.base.office.markup import XmlNode, parsed_xml
from rag.settings import Settings

_TYPES: Final = "[Content_Types].xml"
_CHUNK: Final = "/aFChunk"
_RELATIONS: Final = ".rels"
_XML: Final = (".xml", ".rels", ".vml")
_LARGEST_BYTES: Final = 20_000_000
_STRICT_NAMES: Final = "http://purl.oclc.org/ooxml/"
_STRICT: Final = re.compile(_STRICT_NAMES.encode() + rb"(\w+)/")
_TRANSITIONAL: Final = rb"http://schemas.openxmlformats.org/\1/2006/"
_HYPHENED: Final = re.compile(
    rb"(officeDocument/2006/(?:relationships/)?)(extended|custom)P(?=rop)"
)


@contextmanager
def open_package(path: Path, *, settings: Settings) -> Iterator[tuple[zipfile.ZipFile, BinaryIO]]:
    """Open a package: its parts, and the same as a stream for a library.

    Raises SourceError, LimitError.
    """
    with open_checked(path, settings=settings) as archive, path.open("rb") as stream:
        changed = _mended(archive)
        if not changed:
            yield archive, stream
            return
        copy = _copied(archive, changed)
    with zipfile.ZipFile(copy) as archive:
        yield archive, copy


def mended_package(data: bytes, *, settings: Settings) -> BinaryIO:
    """Return a package that lies in another as a stream for a library.

    Raises SourceError, LimitError.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check(archive, settings=settings)
        changed = _mended(archive)
        return _copied(archive, changed) if changed else io.BytesIO(data)


def related_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, str]]:
    """Yield each relationship between parts: the name of the one, the type, that of the other."""
    names = {name.lower(): name for name in archive.namelist()}
    for name in names.values():
        if name.endswith(_RELATIONS):
            folder, root = _folder(name), _xml(archive, name)
            source = posixpath.join(folder, posixpath.basename(name).removesuffix(_RELATIONS))
            for relation in root if root is not None else ():
                found = _part(relation.get("Target", ""), folder, names)
                if found and relation.get("TargetMode") != "External":
                    yield source, relation.get("Type", ""), found


def _folder(relations: str) -> str:
    return posixpath.dirname(posixpath.dirname(relations))


def _mended(archive: zipfile.ZipFile) -> dict[str, bytes]:
    names = {name.lower(): name for name in archive.namelist()}
    changed: dict[str, bytes] = {}
    chunks: list[str] = []
    is_strict = False
    for name in names.values():
        if name.endswith(_RELATIONS):
            root = _xml(archive, name)
            if root is None:
                continue
            is_strict = is_strict or any(r.get("Type", "").startswith(_STRICT_NAMES) for r in root)
            mended = _relations(root, _folder(name), names, chunks)
            changed |= {name: mended} if mended is not None else {}
    if chunks:
        changed[_TYPES] = _untold(archive.read(_TYPES), chunks)
    for name in names.values() if is_strict else ():
        if name.lower().endswith(_XML):
            data = changed.get(name) or archive.read(name)
            changed[name] = _HYPHENED.sub(rb"\1\2-p", _STRICT.sub(_TRANSITIONAL, data))
    return changed


def _untold(types: bytes, parts: Sequence[str]) -> bytes:
    """Return the content types with none told of these parts: a document within is no part of it.

    A library takes a part of the type of the main document for one.
    """
    root = parsed_xml(types, recover=True)
    for node in [node for node in root if node.get("PartName", "").lstrip("/") in parts]:
        root.remove(node)
    for part in parts:
        tag = root.tag.replace("Types", "Override")
        etree.SubElement(root, tag, PartName=f"/{part}", ContentType="application/octet-stream")
    return bytes(etree.tostring(root))


def _xml(archive: zipfile.ZipFile, name: str) -> XmlNode | None:
    """Return the root of a part; None where it has none, or is larger than any of its kind."""
    if archive.getinfo(name).file_size > _LARGEST_BYTES:
        return None
    try:
        return parsed_xml(archive.read(name), recover=True)
    except etree.XMLSyntaxError:
        return None


def _relations(
    root: XmlNode, folder: str, names: Mapping[str, str], chunks: list[str]
) -> bytes | None:
    """Return the relationships of the parts in a folder that lead somewhere; None: all do.

    Parts that stand for a piece of the document are put into `chunks`.
    """
    is_changed = False
    for relation in list(root):
        if relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        found = _part(target, folder, names)
        if found and relation.get("Type", "").endswith(_CHUNK):
            chunks.append(found)
        if found is None:
            root.remove(relation)
        elif found != _resolved(target, folder):
            relation.set("Target", f"/{found}")
        else:
            continue
        is_changed = True
    return bytes(etree.tostring(root)) if is_changed else None


def _part(target: str, folder: str, names: Mapping[str, str]) -> str | None:
    resolved = _resolved(target, folder)
    return names.get(resolved.lower()) or names.get(unquote(resolved).lower())


def _resolved(target: str, folder: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _copied(archive: zipfile.ZipFile, changed: Mapping[str, bytes]) -> BinaryIO:
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name in dict.fromkeys(archive.namelist()):
            made.writestr(name, changed[name] if name in changed else archive.read(name))
    copy.seek(0)
    return copy
