"""Makes small documents of every format, by code, and parses them as the program does."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from ingest.discovery.discover import FoundFile, identify
from ingest.parsers.registry import parser_for
from rag.datamodel import Document, Element, version_fields
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>"
)
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def found_file(path: Path, *, root: Path | None = None) -> FoundFile:
    root = root or path.parent
    status = path.stat()
    return FoundFile(
        path=os.fspath(path),
        source=path.relative_to(root).as_posix(),
        root=os.fspath(root),
        **version_fields(status),
    )


def parse(path: Path, *, root: Path | None = None, settings: Settings | None = None) -> Document:
    """Identify and parse a file; its pictures go to a folder beside it."""
    settings = settings or Settings()
    file = identify(found_file(path, root=root), settings=settings)
    parser = parser_for(file.media_type, settings=settings)
    assert parser is not None
    assets = AssetStore(path.parent / ".assets", megapixels=settings.image_megapixels)
    return parser.parse(file, assets)


def parse_text(folder: Path, name: str, content: str | bytes) -> Document:
    """Write a file and parse it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return parse(path)


def told(document: Document) -> list[tuple[str, str]]:
    """Return (role, text) of each element, in order."""
    return [(element.role, element.text) for element in document.elements]


def only(document: Document, role: str) -> Element:
    """Return the one element of this role."""
    (element,) = [element for element in document.elements if element.role == role]
    return element


def picture_bytes(width: int = 120, height: int = 80, *, seed: int = 1) -> bytes:
    """Return a PNG of colourful noise: no decoration, and each seed another picture."""
    noise = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()


def write_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_raw_docx(path: Path, document_xml: str, **more: str | bytes) -> Path:
    """Write a DOCX with this very body; `more` are other members by path."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": document_xml,
    }
    return write_zip(path, members | more)
