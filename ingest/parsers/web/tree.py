"""A web page as a tree of what a reader would see. Knows HTML; knows no elements of ours.

Left out: scripts and forms, navigation, hidden text (by attribute, by style, by style sheet, by
tiny or white letters). Nothing is fetched or run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree, html

from ingest.discovery.encoding import decode_text

META_BYTES: Final = 4096
"""Where a page names its encoding (HTML says within 1,024 bytes; saved pages do it later)."""

MAIN_SHARE: Final = 0.5
"""A page's main part is believed if it holds this much of the visible text."""

TINY_PX: Final = 2.5
STYLE_LETTERS: Final = 2_000
SHEET_LETTERS: Final = 2_000_000
"""How much is read of a style attribute and of a page's style sheets."""

DROPPED_TAGS: Final = frozenset(
    "script style noscript template iframe frame object embed applet svg canvas audio video "
    "button input select textarea option nav menu link meta base dialog head annotation".split()
)
_DROPPED_ROLES: Final = frozenset(
    "navigation search menu menubar toolbar tablist dialog alertdialog".split()
)
_DROPPED_CLASSES: Final = frozenset(
    "navbox navbar nav menu breadcrumb breadcrumbs noprint toc catlinks printfooter mw-editsection "
    "mw-jump-link mw-cite-backlink mw-indicators reference skip-link skip-to-content sr-only "
    "visually-hidden screen-reader-text cookie-banner cookie-notice".split()
)
_MAIN: Final = (
    "//main",
    "//*[@role='main']",
    "//*[@id='mw-content-text' or @id='bodyContent']",
    "//article",
)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([\w-]+)")
_HIDING: Final = re.compile(
    r"display:none|visibility:(hidden|collapse)|opacity:0?(\.0+)?(;|!|$)"
    r"|(left|top|text-indent|margin-left):-\d{3,}|clip:rect\([01](px)?[ ,]"
    r"|(?<!-)(color|fill):transparent|clip-path:inset\((50|100)%"
)
_FONT: Final = re.compile(r"\s*font(?:-size)?:")
_PX: Final = {"em": 16.0, "rem": 16.0, "%": 0.16, "pt": 1.33, "px": 1.0}
_SIZE: Final = re.compile(r"(?<![\w.])(\d{0,9}\.?\d{1,9})(px|pt|em|rem|%)?(?=[/! ]|$)")
_WHITE: Final = re.compile(
    r"(?<!-)color:(white|#fff(fff)?(?![0-9a-f])|rgba?\(255,255,255|hsla?\(\d+,\d+%,100%)"
)
_BACKGROUND: Final = re.compile(r"background")
_CONTAINERS: Final = re.compile(
    r"</?(?!(?:p|h[1-6]|table|tr|td|th|script|style|img|title|head|body|html)\b)[a-z][^<>]*>",
    re.IGNORECASE,
)
_TAGS: Final = re.compile(r"</?(?!(?:script|style)\b)[a-z][^<>]*>", re.IGNORECASE)
_BRACE: Final = re.compile(r"[{}]")
_SIMPLE_SELECTOR: Final = re.compile(r"[.#][\w-]+")


def parse_page(data: bytes) -> html.HtmlElement | None:
    """Return the page's root; None where there is nothing in it."""
    declared = _CHARSET.search(data[:META_BYTES]) or _XML_ENCODING.search(data)
    text = decode_text(data, declared=declared.group(1).decode() if declared else None)
    return parse_markup(text)


def parse_markup(text: str) -> html.HtmlElement | None:
    """Return the root of HTML given as text; None where there is nothing in it."""
    root, is_whole = _parse(text)
    for tags in (_CONTAINERS, _TAGS):
        if not is_whole:
            root, is_whole = _parse(tags.sub("<br>", text))
    return root


def _parse(text: str) -> tuple[html.HtmlElement | None, bool]:
    """Return the root, and whether all was read: libxml2 stops 2,048 levels deep."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # an empty document
        root = None
    stops = etree.ErrorTypes.ERR_RESOURCE_LIMIT
    return root, all(entry.type != stops for entry in parser.error_log)


def title_of(root: html.HtmlElement) -> str:
    return " ".join((root.findtext(".//title") or "").split())


def style_sheets(root: html.HtmlElement) -> str:
    return " ".join(style.text or "" for style in root.iter("style"))


def visible_part(root: html.HtmlElement) -> html.HtmlElement:
    """Drop what a reader does not see, and return the main part of the rest."""
    sheets = style_sheets(root)
    hidden = selectors_where(sheets, _hides)
    plain = not _BACKGROUND.search(sheets) and root.find(".//link[@rel='stylesheet']") is None
    body = root.find("body") if root.find("body") is not None else root
    for node in list(body.iterdescendants()):
        if node.tag in DROPPED_TAGS or _is_chrome(node) or _is_hidden(node, hidden, plain=plain):
            _drop(node)
    return _main_part(body)


def _drop(node: html.HtmlElement) -> None:
    if node.getparent() is not None:
        node.drop_tree()


def _main_part(body: html.HtmlElement) -> html.HtmlElement:
    whole = _letters(body)
    for path in _MAIN:
        found = body.xpath(path)
        if len(found) == 1 and _letters(found[0]) >= MAIN_SHARE * whole:
            return found[0]
    return body


def _letters(node: html.HtmlElement) -> int:
    return sum(len(text.strip()) for text in node.itertext())


def _is_chrome(node: html.HtmlElement) -> bool:
    """Say whether a node is navigation, by its role or class."""
    if node.get("role") in _DROPPED_ROLES or node.find("a[@hreflang]") is not None:
        return True  # a link to the same page in another language stands in a list of them
    return not _DROPPED_CLASSES.isdisjoint((node.get("class") or "").lower().split())


def _is_hidden(node: html.HtmlElement, hidden: frozenset[str], *, plain: bool) -> bool:
    """`plain`: no style sheet can have given the page a dark background."""
    if "hidden" in node.attrib or node.get("aria-hidden") == "true":
        return True
    if not hidden.isdisjoint(selectors_of(node)):
        return True
    style = _normal(node.get("style") or "")
    if style and (_hides(style) or (plain and _WHITE.search(style) and not _has_ground(node))):
        return True
    white = (node.get("color") or "").lower() in {"white", "#ffffff", "#fff"}
    return white and plain and not _has_ground(node)


def selectors_of(node: html.HtmlElement) -> set[str]:
    """Return the plain `.class` and `#id` selectors that take an element."""
    names = {f".{name}" for name in (node.get("class") or "").split()}
    return names | {f"#{node.get('id')}"}


def _hides(style: str) -> bool:
    return bool(_HIDING.search(style)) or _is_tiny(style)


def _is_tiny(style: str) -> bool:
    """Say whether a style makes letters too small to read.

    A weight such as the 400 of `font: 400 12px serif` is no size.
    """
    fonts = (part for part in style.split(";") if _FONT.match(part))
    sizes = (_SIZE.finditer(part, part.index(":") + 1) for part in fonts)
    firsts = (next((s for s in found if s[2] or not float(s[1])), None) for found in sizes)
    return any(float(size[1]) * _PX[size[2] or "px"] < TINY_PX for size in firsts if size)


def _has_ground(node: html.HtmlElement) -> bool:
    """Say whether the node or one around it has a background of its own."""
    return any(
        one.get("bgcolor") or one.get("background") or "background" in (one.get("style") or "")
        for one in (node, *node.iterancestors())
    )


def _normal(style: str) -> str:
    bare = style[:STYLE_LETTERS].lower()
    return re.sub(r" ?([:;,!(]) ?", r"\1", " ".join(bare.split()))


def selectors_where(sheets: str, is_so: Callable[[str], bool]) -> frozenset[str]:
    """Return the plain `.class` and `#id` selectors whose declarations are so."""
    found: set[str] = set()
    for selectors, style in _rules(sheets):
        if is_so(_normal(style)):
            names = (name.strip() for name in selectors.split(","))
            found |= {name for name in names if _SIMPLE_SELECTOR.fullmatch(name)}
    return frozenset(found)


def _rules(sheets: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and declarations of style sheets; rules in `@` blocks are left out."""
    depth, start, selectors = 0, 0, ""
    for brace in _BRACE.finditer(sheets[:SHEET_LETTERS]):
        between = sheets[start : brace.start()]
        start = brace.end()
        if brace.group() == "{":
            depth += 1
            selectors = between.rpartition(";")[2].strip() if depth == 1 else ""
        else:
            if depth == 1 and selectors and not selectors.startswith("@"):
                yield selectors, between
            depth = max(0, depth - 1)
            selectors = ""
