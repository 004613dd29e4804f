"""XML of any origin as a tree, and what the Office formats share: packages, names, charts, margins.

Nothing in XML reads a file, opens the net or fills the memory. Packages are mended before they are
read, as the programs of Office do, in one pass over the relationships (ECMA-376, part 2, 9.3):
what leads nowhere is left out, what is spelt in other letters is set right, and the names of Strict
Open XML (part 1) become those of the Transitional form (part 4), which is all that libraries know.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import unquote

from lxml import etree

from ingest.discovery.archive import ENTITIES, check, open_checked
from ingest.parsers.base.elements import (
    description,
    list_element,
    one_line,
    table_element,
    text_element,
)
from ingest.parsers.base.number_format import shown
from ingest.parsers.base.pictures import Pictures
from rag.datamodel import Element
from rag.errors import SourceError
from rag.settings import Settings

XmlNode = Any
"""An lxml element: lxml brings no types."""


def xml_tree(data: bytes, *, name: str) -> XmlNode | None:
    """Return the root, mended as far as that goes; None where there is none.

    Comments and instructions are left out. Raises SourceError, which calls it by `name`, where
    it defines entities.
    """
    if any(mark in data for mark in ENTITIES):
        raise SourceError(
            f"The {name} defines XML entities, which can read other files or fill the memory; "
            "it is not opened."
        )
    return parsed_xml(data, recover=True, remove_pis=True, remove_comments=True)


def parsed_xml(data: bytes, **options: bool) -> XmlNode:
    """Return the root; with `recover` None where there is none, else XMLSyntaxError is raised.

    Nothing is resolved, and nothing fetched; `options` are further ones of lxml's parser.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, **options)
    return etree.fromstring(data, parser)


def local_name(tag: object) -> str:
    """Return the name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2]


_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns"
_OPEN_XML: Final = "http://schemas.openxmlformats.org"
NAMESPACES: Final = {
    "a": f"{_OPEN_XML}/drawingml/2006/main",
    "c": f"{_OPEN_XML}/drawingml/2006/chart",
    "dgm": f"{_OPEN_XML}/drawingml/2006/diagram",
    "m": f"{_OPEN_XML}/officeDocument/2006/math",
    "mc": f"{_OPEN_XML}/markup-compatibility/2006",
    "p": f"{_OPEN_XML}/presentationml/2006/main",
    "pic": f"{_OPEN_XML}/drawingml/2006/picture",
    "r": f"{_OPEN_XML}/officeDocument/2006/relationships",
    "v": "urn:schemas-microsoft-com:vml",
    "w": f"{_OPEN_XML}/wordprocessingml/2006/main",
    "wp": f"{_OPEN_XML}/drawingml/2006/wordprocessingDrawing",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
    "draw": f"{_OASIS}:drawing:1.0",
    "fo": f"{_OASIS}:xsl-fo-compatible:1.0",
    "svg": f"{_OASIS}:svg-compatible:1.0",
    **{key: f"{_OASIS}:{key}:1.0" for key in "chart office presentation style table text".split()},
}


@cache
def name(prefixed: str) -> str:
    """Return the full name of `w:p` and the like."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def part_of(part: Any, relation_id: str | None) -> Any | None:  # noqa: ANN401 - as above
    """Return the part behind a relation id; None where it is outside the file or missing."""
    relation = part.rels.get(relation_id) if relation_id else None
    if relation is None or relation.is_external:
        return None
    return relation.target_part


MAX_POINTS: Final = 5_000
_KINDS: Final = ("area", "bar", "bubble", "doughnut", "line", "pie", "radar", "scatter")


def drawn_elements(
    drawing: XmlNode,
    part: Any,  # noqa: ANN401 - as above
    pictures: Pictures,
    *,
    alt: str,
) -> list[Element]:
    """Return the pictures of a drawing that lies in a part, what it says of them, its charts."""
    elements: list[Element] = []
    for tag, key in (("a:blip", "r:embed"), ("v:imagedata", "r:id")):
        for node in drawing.iter(name(tag)):
            held = part_of(part, node.get(name(key)))
            figure = pictures.figure(held.blob) if held is not None else []
            elements += [*figure, *text_element(description(alt) if figure else "", "caption")]
    for tag, key, read in (("c:chart", "r:id", _chart), ("dgm:relIds", "r:dm", _diagram)):
        for node in drawing.iter(name(tag)):
            if (held := part_of(part, node.get(name(key)))) is not None:
                elements += read(parsed_xml(held.blob))
    return elements


def _chart(chart: XmlNode) -> list[Element]:
    """Return a chart's values as a table, one row a category, and its title as caption."""
    series = list(chart.iter(name("c:ser")))
    given = (_points(one, "c:cat", "c:xVal") for one in series)
    categories = next(filter(None, given), {})
    values = [_points(one, "c:val", "c:yVal") for one in series]
    places = sorted({at for points in (categories, *values) for at in points})[:MAX_POINTS]
    names = [_words(one, "c:tx") or f"Series {n}" for n, one in enumerate(series, 1)]
    header = [_words(chart, ".//c:catAx/c:title") or "Category", *names]
    rows = [
        [categories.get(at, str(at + 1)), *(points.get(at, "") for points in values)]
        for at in places
    ]
    table = table_element([header, *rows]) if places else []
    tags = {local_name(node.tag) for node in chart.iter()}
    kind = next((f"{kind} chart" for kind in _KINDS if f"{kind}Chart" in tags), "chart")
    title = _words(chart, ".//c:chart/c:title")
    caption = f"{title} ({kind})" if title else kind.capitalize()
    return table + text_element(caption, "caption")


def _diagram(data: XmlNode) -> list[Element]:
    """Return the words of a diagram (SmartArt), one line for each of its shapes."""
    points = (p for p in data.iter(name("dgm:pt")) if p.get("type", "node") in {"node", "asst"})
    lines = (one_line(" ".join(t.text or "" for t in p.iter(name("a:t")))) for p in points)
    return list_element((0, f"- {line}") for line in lines if line)


def _words(node: XmlNode, path: str) -> str:
    found = node.find(path, NAMESPACES)
    if found is None:
        return ""
    words = [inner.text or "" for inner in found.iter(name("a:t"))]
    return one_line("".join(words) or " ".join(v.text or "" for v in found.iter(name("c:v"))))


def _points(series: XmlNode, *tags: str) -> dict[int, str]:
    """Return the stored values of a series by their place, as the chart shows them.

    They are those of the first of the tags that is there, of several levels the first.
    """
    held = next(
        (found for tag in tags if (found := series.find(tag, NAMESPACES)) is not None), None
    )
    if held is None:
        return {}
    node = next(held.iter(name("c:lvl")), held)
    code = node.findtext(".//c:formatCode", "General", NAMESPACES)
    points: dict[int, str] = {}
    for point in node.iter(name("c:pt")):
        at = point.get("idx", "")
        if at.isdecimal():
            text = point.findtext("c:v", "", NAMESPACES)
            try:
                points[int(at)] = shown(float(text), point.get("formatCode") or code)
            except ValueError:
                points[int(at)] = one_line(text)
    return points


PAGE_NUMBER: Final = "\x01"
"""Stands for a field that counts pages; `clean` takes it away."""

_PART: Final = re.compile(r"[\t\n]+| {3,}")
_MAX_COUNTING_WORDS: Final = 3
"""A part with a page's number and no more words than these ("Page 3 of 9 pages") counts alone."""


def margin_element(texts: Iterable[str]) -> list[Element]:
    """Return the lines of headers or footers as one paragraph, each line once."""
    lines = (" ".join(filter(None, map(_telling, _PART.split(text)))) for text in texts)
    return text_element("\n".join(dict.fromkeys(filter(None, lines))))


def _telling(part: str) -> str:
    words = one_line(part.replace(PAGE_NUMBER, " "))
    saying = [word for word in words.split() if any(map(str.isalnum, word))]
    counts = PAGE_NUMBER in part and len(saying) <= _MAX_COUNTING_WORDS
    return "" if counts or not saying else words


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
