"""Drawings (.svg): their words, and a picture of them drawn by resvg (Rust, no scripts, no net).

What could lead out of the drawing (addresses, style sheets, entities) is taken away before it is
drawn, and scripts with it; the size that it is drawn in is ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ingest.parsers.base.elements import document_of, meaningful_title, one_line, text_element
from ingest.parsers.base.xml_tree import local_name, xml_tree
from ingest.parsers.odf.odf import points
from rag.datamodel import FULL_PAGE, Document, Element, Provenance, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

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
    return document_of(
        file, elements, title=meaningful_title(title), page_count=1, warnings=warnings
    )


def _tree(data: bytes) -> Any:  # noqa: ANN401 - lxml brings no types
    """Return the drawing without what could run or lead out of it."""
    root = xml_tree(data, name="drawing")
    if root is None or local_name(root.tag) != "svg":
        raise SourceError("The file is damaged: it is no SVG drawing.")
    for node in list(root.iter()):
        _make_harmless(node)
    return root


def _make_harmless(node: Any) -> None:  # noqa: ANN401 - as above
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


def _drawn(root: Any) -> bytes:  # noqa: ANN401 - as above
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


def _height(node: Any, named: Mapping[str, Any], known: dict[Any, int], *, depth: int) -> int:  # noqa: ANN401 - as above
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


def _size(root: Any) -> tuple[float, float]:  # noqa: ANN401 - as above
    """Return width and height in the drawing's own units, as it says them or as we take them."""
    box = re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?", root.get("viewBox", ""), re.IGNORECASE)
    said = [points(root.get(key)) for key in ("width", "height")]
    if len(box) == 4:  # noqa: PLR2004 - x, y, width, height
        said = [float(box[2]), float(box[3])]
    width, height = (side if side is not None else DEFAULT_SIDE for side in said)
    if width <= 0 or height <= 0:
        raise ValueError("it has no size")
    return width, height


def _words(root: Any) -> str:  # noqa: ANN401 - as above
    """Return the drawing's description and lettering, a line for each text."""
    lines = [one_line(_text_of(root, "desc"))]
    lines += [
        one_line("".join(node.itertext())) for node in root.iter() if local_name(node.tag) == "text"
    ]
    return "\n".join(line for line in lines if line)[:WORDED_LETTERS]


def _text_of(root: Any, name: str) -> str:  # noqa: ANN401 - as above
    return next(("".join(node.itertext()) for node in root if local_name(node.tag) == name), "")
