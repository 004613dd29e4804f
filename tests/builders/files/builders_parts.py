"""What files hold by their own lists: relationships, manifests, directories, trees, catalogues."""

import email
import email.policy
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import olefile
import pypdf
from lxml import etree

RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
BOOK = "META-INF/container.xml"
MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
SEVERAL = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")


@dataclass(frozen=True)
class Part:
    """One thing in a file: what it goes by, its media type (or relationship), its bytes."""

    name: str
    kind: str
    data: bytes = b""

    def words(self) -> list[str]:
        """Return what it says in sentences; its name where that can't be told."""
        if not self.data.lstrip().startswith((b"<", b"\xff\xfe", b"\xef\xbb\xbf<")):
            pieces = re.split(r"[\x00-\x1f:]+", self.data.decode(errors="replace"))
            return [piece for piece in pieces if SEVERAL.search(piece)] or [self.name]
        parser = etree.XMLParser(recover=True, resolve_entities=False)
        root = etree.fromstring(self.data, parser)
        leaves = () if root is None else root.iter(tag=etree.Element)
        nodes = (n for n in leaves if not _is_prompt(n) and not _is_code(n))
        told = (" ".join(node.text.split()) for node in nodes if node.text)
        return [text for text in told if SEVERAL.search(text)]


def _is_prompt(node) -> bool:
    """Whether it stands in a shape of a template that a slide's own takes the place of."""
    in_template = re.search("Layout|Master", etree.QName(node.getroottree().getroot()).localname)
    shapes = (up for up in node.iterancestors() if etree.QName(up).localname == "sp")
    return bool(in_template) and any(shape.find(".//{*}nvPr/{*}ph") is not None for shape in shapes)


def _is_code(node) -> bool:
    """Whether it is a formula of a sheet, or a margin of one with its marks."""
    name = etree.QName(node).localname
    return name in {"f", "formula1", "formula2"} or name.endswith(("Header", "Footer"))


def parts_of(path: Path) -> Iterator[Part]:
    """Yield what a file lists that may hold words of a person."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            is_office, is_book = "[Content_Types].xml" in names, BOOK in names
            listed = _related if is_office else _in_book if is_book else _in_manifest
            yield from listed(archive)
    elif olefile.isOleFile(path):
        yield from _storages(path)
    elif path.suffix == ".pdf":
        yield from _in_catalogue(path)
    else:
        yield from _in_mail(path)


def _related(archive) -> Iterator[Part]:
    """Yield what is reached from the main part of an Office package."""
    waiting, seen = [""], set()
    while waiting:
        source = waiting.pop()
        folder, name = posixpath.split(source)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in archive.namelist():
            continue
        for relation in etree.fromstring(archive.read(relations)).iter(RELATIONS):
            kind, target = relation.get("Type").rpartition("/")[2], relation.get("Target")
            part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            is_main = source or kind == "officeDocument"
            if not is_main or part in seen or part not in archive.namelist():
                continue
            seen.add(part)
            waiting.append(part)
            is_chart = posixpath.basename(folder) in {"charts", "chartEx"}
            if source and not (kind == "package" and is_chart):
                yield Part(posixpath.basename(part), kind, archive.read(part))


def _in_book(archive) -> Iterator[Part]:
    """Yield the pages, sounds and films that the package document of an e-book lists."""
    root = etree.fromstring(archive.read(BOOK)).find(".//{*}rootfile").get("full-path")
    for item in etree.fromstring(archive.read(root)).iter("{*}item"):
        kind, address = item.get("media-type"), unquote(item.get("href"))
        name = posixpath.normpath(posixpath.join(posixpath.dirname(root), address))
        is_list = "nav" in item.get("properties", "").split()
        if re.match("audio|video|text/html|application/xhtml", kind) and not is_list:
            yield Part(posixpath.basename(name), kind, archive.read(name))


def _in_manifest(archive) -> Iterator[Part]:
    root = etree.fromstring(archive.read("META-INF/manifest.xml"))
    for entry in root.iter(f"{MANIFEST}file-entry"):
        name, kind = entry.get(f"{MANIFEST}full-path"), entry.get(f"{MANIFEST}media-type")
        if name in archive.namelist() and not name.endswith("/"):
            yield Part(posixpath.basename(name), kind, archive.read(name))


def _storages(path) -> Iterator[Part]:
    with olefile.OleFileIO(path) as compound:
        for entry in compound.listdir(streams=False, storages=True):
            yield Part(entry[0], "storage")


def _in_mail(path) -> Iterator[Part]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for part in message.walk():
        name = part.get_filename() or part.get_content_type()
        if part.get_content_maintype() != "multipart":
            data = part.get_payload(decode=True) or b""
            yield Part(name, part.get_content_maintype(), data)


def _in_catalogue(path) -> Iterator[Part]:
    """Yield attached files, forms beside the pages, and what is pinned to pages with a stream."""
    reader = pypdf.PdfReader(path)
    if "/XFA" in reader.root_object.get("/AcroForm", {}):
        yield Part("XFA", "form")
    for name in reader.attachments:
        yield Part(name, "package")
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            held = {"/FS", "/Sound", "/Movie", "/RichMediaContent", "/3DD"} & set(note.get_object())
            if held:
                yield Part("page", str(held))
