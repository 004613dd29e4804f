"""Pictures and drawings that stand alone. Pixels and a drawing's words; lettering is read later.

Each page of a TIFF is a page; of an animated picture the first frame is read. Of a picture whose
end is missing the visible part is kept, with a warning. Of an SVG what could lead out of it
(addresses, style sheets, entities) is taken away before resvg draws it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from ingest.discovery.formats import FORMATS, TIFF
from ingest.parsers.base.elements import (
    document_of,
    figure_element,
    one_line,
    text_element,
)
from ingest.parsers.base.office import XmlNode, local_name, xml_tree
from ingest.parsers.odf.odf import points
from rag.datamodel import FULL_PAGE, Document, Element, ImageAsset, Provenance, SourceFile
from rag.errors import LimitError, SourceError
from rag.protocols import Assets
from rag.settings import Settings
from rag.storage.images.assets import CutOffPictureError, TooManyPixelsError, count_frames

MEDIA_TYPES: Final = frozenset(each.media_type for each in FORMATS if each.parser == TIFF.parser)
CUT_OFF: Final = "the picture is cut off: only its visible part was read"


def parse_image(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Store the pages, upright. Raises SourceError or LimitError."""
    data = file.at.read_bytes()
    with _told_errors():
        pages = count_frames(data) if file.media_type == TIFF.media_type else 1
    limit = settings.page_limit
    warnings: dict[str, None] = {}
    if pages > limit:
        cut = f"only the first {limit} of {pages} pages were read; raise RAG_PAGE_LIMIT"
        warnings[cut] = None
    elements: list[Element] = []
    for page in range(1, min(pages, limit) + 1):
        try:
            image, is_whole = _stored(data, page, assets)
        except SourceError as error:
            if page == 1:
                raise
            warnings[f"page {page} could not be read ({error})"] = None
            continue
        warnings |= {} if is_whole else {CUT_OFF: None}
        elements.append(figure_element(image, page=page, bbox=FULL_PAGE))
    return document_of(file, elements, page_count=pages, warnings=warnings)


def _stored(data: bytes, page: int, assets: Assets) -> tuple[ImageAsset, bool]:
    """Return one page as stored, and whether it is whole. Raises SourceError or LimitError."""
    with _told_errors():
        try:
            return assets.put_encoded(data, frame=page - 1), True
        except CutOffPictureError:
            image = assets.put_encoded(data, frame=page - 1, cut_off=True)
            if assets.pixels(image).std() == 0:  # nothing of it was there
                raise
            return image, False


@contextmanager
def _told_errors() -> Iterator[None]:
    """Tell the errors of pictures in the block as SourceError or LimitError."""
    try:
        yield
    except TooManyPixelsError as error:
        hint = "Raise RAG_IMAGE_MEGAPIXELS to read larger pictures."
        raise LimitError(str(error), hint=hint) from error
    except OSError as error:
        hint = "It may be damaged: open and save it with another program."
        raise SourceError(str(error), hint=hint) from error


LONG_SIDE_PX: Final = 1600
LONGEST_SHAPE: Final = 30.0
"""Sides of a drawing through each other; a longer one is no drawing that anyone looks at."""

DEFAULT_SIDE: Final = 1000.0
MAX_ELEMENTS: Final = 50_000
"""Drawings of more parts are not drawn, only read."""

MAX_REUSES: Final = 2_000
"""`use` in `use` draws a thing without end."""

MAX_DEPTH: Final = 220
"""Parts within parts and within what they use; 250 end the process in resvg."""

WORDED_LETTERS: Final = 2_000_000
_DROPPED: Final = frozenset("script foreignObject iframe object embed handler filter".split())
_LINKS: Final = ("href", "{http://www.w3.org/1999/xlink}href", "src")
_INNER: Final = re.compile(r"#|data:image/(png|jpe?g|gif|webp);")
_USED: Final = re.compile(r"#([\w.:-]+)")
_URL: Final = re.compile(
    r"url\s*\(\s*['\"]?\s*(?!#|['\"]?#)|@import|expression\s*\(", re.IGNORECASE
)


def parse_svg(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """SVG 1.1 and 2, as far as it stands still."""
    root = _tree(file.at.read_bytes())
    title = one_line(_text_of(root, "title"))
    words = _words(root)
    place = Provenance(page=1, bbox=FULL_PAGE)
    warnings: tuple[str, ...] = ()
    elements = text_element(title, "title", page=1)
    try:
        image = assets.put_encoded(_drawn(root))
    except (OSError, ValueError) as error:
        warnings = (f"the drawing could not be drawn ({error}); its words were read",)
        elements += text_element(words, page=1, bbox=FULL_PAGE)
    else:
        elements.append(
            Element(role="figure", text=words, image=image, provenances=(place,), pending=True)
        )
    return document_of(file, elements, title, page_count=1, warnings=warnings)


def _tree(data: bytes) -> XmlNode:
    """Return the drawing without what could run or lead out of it."""
    root = xml_tree(data, name="drawing")
    if root is None or local_name(root.tag) != "svg":
        raise SourceError("The file is damaged: it is no SVG drawing.")
    for node in list(root.iter()):
        _make_harmless(node)
    return root


def _make_harmless(node: XmlNode) -> None:
    parent = node.getparent()
    if not isinstance(node.tag, str) or local_name(node.tag) in _DROPPED:
        if parent is not None:
            parent.remove(node)
        return
    for key in list(node.attrib):
        value = node.attrib[key]
        leads_out = key in _LINKS and not _INNER.match(value.strip())
        if leads_out or key.lower().startswith("on") or _URL.search(value):
            del node.attrib[key]
    if local_name(node.tag) == "style" and _URL.search("".join(node.itertext())):
        node.text = ""


def _drawn(root: XmlNode) -> bytes:
    """Return the drawing as a PNG. Raises ValueError where it can't or may not be drawn."""
    from lxml import etree  # noqa: PLC0415
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - only for drawings

    count = sum(1 for _ in root.iter())
    reuses = sum(
        1 for node in root.iter() if local_name(node.tag) in {"use", "pattern", "image", "marker"}
    )
    if count > MAX_ELEMENTS or reuses > MAX_REUSES:
        raise ValueError("it has too many parts")
    _height(root, {node.get("id"): node for node in root.iter()}, {}, depth=1)
    width, height = _size(root)
    if not 1 / LONGEST_SHAPE <= width / height <= LONGEST_SHAPE:
        raise ValueError("it is far longer than wide, or far wider than long")
    if root.get("viewBox") is None:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    scale = LONG_SIDE_PX / max(width, height)
    width_px, height_px = round(width * scale), round(height * scale)
    root.set("width", str(width_px))
    root.set("height", str(height_px))
    text = etree.tostring(root, encoding="unicode")
    drawn = svg_to_bytes(svg_string=text, background="#ffffff", width=width_px, height=height_px)
    return bytes(drawn)


def _height(
    node: XmlNode, named: Mapping[str, XmlNode], known: dict[XmlNode, int], *, depth: int
) -> int:
    """Return how many parts lie within each other, `node` first, what they use among them.

    `named` are the parts by their ids; `depth` is that of the node. Raises ValueError where they
    are too many, or without end.
    """
    if depth + known.get(node, 0) > MAX_DEPTH:
        raise ValueError("its parts lie too deep within each other")
    if node not in known:
        ids = _USED.findall(" ".join(value for value in node.attrib.values() if "#" in value))
        inner = [*node, *(named[one] for one in ids if one in named)]
        heights = [_height(one, named, known, depth=depth + 1) for one in inner]
        known[node] = 1 + max(heights, default=0)
    return known[node]


def _size(root: XmlNode) -> tuple[float, float]:
    """Return width and height in the drawing's own units, as it says them or as we take them."""
    box = re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?", root.get("viewBox", ""), re.IGNORECASE)
    said = [points(root.get(key)) for key in ("width", "height")]
    if len(box) == 4:  # noqa: PLR2004 - x, y, width, height
        said = [float(box[2]), float(box[3])]
    width, height = (side if side is not None else DEFAULT_SIDE for side in said)
    if width <= 0 or height <= 0:
        raise ValueError("it has no size")
    return width, height


def _words(root: XmlNode) -> str:
    lines = [one_line(_text_of(root, "desc"))]
    lines += [
        one_line("".join(node.itertext())) for node in root.iter() if local_name(node.tag) == "text"
    ]
    return "\n".join(line for line in lines if line)[:WORDED_LETTERS]


def _text_of(root: XmlNode, name: str) -> str:
    return next(("".join(node.itertext()) for node in root if local_name(node.tag) == name), "")
