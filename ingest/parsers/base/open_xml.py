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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote

from lxml import etree

from ingest.discovery.archive import open_checked
from rag.settings import Settings

_RELATIONS: Final = ".rels"
_XML: Final = (".xml", ".rels", ".vml")
_STRICT: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL: Final = rb"http://schemas.openxmlformats.org/\1/2006/"
_HYPHENED: Final = re.compile(
    rb"(officeDocument/2006/(?:relationships/)?)(extended|custom)P(?=rop)"
)


@contextmanager
def open_package(path: Path, *, settings: Settings) -> Iterator[tuple[zipfile.ZipFile, BinaryIO]]:
    """Open a package: its parts, and the same as a stream for a library.

    Raises SourceError, LimitError.
    """
    with open_checked(path, settings=settings) as archive:
        changed = _mended(archive)
        if not changed:
            with path.open("rb") as stream:
                yield archive, stream
            return
        copy = _copied(archive, changed)
    with zipfile.ZipFile(copy) as archive:
        yield archive, copy


def _mended(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts that have to be others, by name."""
    names = {name.lower(): name for name in archive.namelist()}
    changed: dict[str, bytes] = {}
    is_strict = False
    for name in names.values():
        if name.endswith(_RELATIONS):
            data = archive.read(name)
            is_strict = is_strict or _STRICT.search(data) is not None
            mended = _relations(data, posixpath.dirname(posixpath.dirname(name)), names)
            changed |= {name: mended} if mended is not None else {}
    for name in names.values() if is_strict else ():
        if name.lower().endswith(_XML):
            changed[name] = _transitional(changed.get(name) or archive.read(name))
    return changed


def _transitional(data: bytes) -> bytes:
    return _HYPHENED.sub(rb"\1\2-p", _STRICT.sub(_TRANSITIONAL, data))


def _relations(data: bytes, folder: str, names: Mapping[str, str]) -> bytes | None:
    """Return the relationships of the parts in a folder that lead somewhere; None: all do."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser)
    is_changed = False
    for relation in list(root) if root is not None else ():
        if relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        found = _part(target, folder, names)
        if found is None:
            root.remove(relation)
        elif found != _resolved(target, folder):
            relation.set("Target", f"/{found}")
        else:
            continue
        is_changed = True
    return etree.tostring(root) if is_changed else None


def _part(target: str, folder: str, names: Mapping[str, str]) -> str | None:
    """Return the name of the part that a relationship leads to."""
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
