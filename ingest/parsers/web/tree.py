"""A web page as a tree of what a reader would see. Knows HTML; knows no elements of ours.

Left out: scripts, navigation, hidden text (by attribute, by style, by style sheet, by tiny or white
letters). Nothing is fetched or run.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree, html

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.formatting import TICKED, UNTICKED
from ingest.parsers.web.formatting import Styles
from ingest.parsers.web.navigation import drop_navigation

_SILENT: Final = frozenset("hidden password submit button reset image file color".split())
_TICKS: Final = frozenset({"checkbox", "radio"})
_CELLS: Final = frozenset({"td", "th", "dt", "dd"})
_ROLES: Final = ".//*[@role='checkbox' or @role='radio' or @role='switch'][@aria-checked]"


def show_fields(body: html.HtmlElement) -> None:
    """Write the values of fields into a page, each into its label where it has one."""
    labels = {label.get("for"): label for label in body.iter("label") if label.get("for")}
    for choice in body.xpath(_ROLES):
        choice.text = f"{_tick(choice.get('aria-checked') == 'true')} {choice.text or ''}"
    for field in list(body.iter("input", "select", "textarea")):
        kind = (field.get("type") or "").lower() if field.tag == "input" else ""
        label = next(field.iterancestors("label"), labels.get(field.get("id", "")))
        if kind in _SILENT or field.get("role") == "button":
            _drop(field, label)
            continue
        shown = _tick("checked" in field.attrib) if kind in _TICKS else _value(field)
        label = _joined(field, label, is_first=kind in _TICKS)
        if kind != "radio" and label is not None:
            label.tag = "div"  # a paragraph of its own
        _write(field, shown, is_tick=kind in _TICKS, is_labelled=label is not None)


def _tick(is_on: bool) -> str:  # noqa: FBT001 - a value, no option
    return TICKED if is_on else UNTICKED


def _value(field: html.HtmlElement) -> str:
    """Return what a field shows: its text, or the options that are chosen."""
    if field.tag == "textarea":
        return str(field.text_content())
    if field.tag == "input":
        return field.get("value") or ""
    options = list(field.iter("option"))
    chosen = [option for option in options if "selected" in option.attrib]
    if not chosen and "multiple" not in field.attrib:
        chosen = [option for option in options[:1] if option.get("value") != ""]
    return ", ".join(" ".join(option.text_content().split()) for option in chosen)


def _drop(field: html.HtmlElement, label: html.HtmlElement | None) -> None:
    """Drop what commands the page; the label of a button is its face."""
    field.drop_tree()
    if field.get("role") == "button" and label is not None and label.getparent() is not None:
        label.drop_tree()


def _joined(
    field: html.HtmlElement, label: html.HtmlElement | None, *, is_first: bool
) -> html.HtmlElement | None:
    """Move a field into its label unless either has a cell of its own; return the label."""
    if label is None or label in field.iterancestors():
        return label
    if label.getparent() is None or _cell(field) is not _cell(label):
        return None
    field.drop_tree()
    if is_first:
        label.insert(0, field)
        field.tail, label.text = label.text, None
    else:
        label.append(field)
    return label


def _cell(node: html.HtmlElement) -> html.HtmlElement | None:
    return next(node.iterancestors(*_CELLS), None)


def _write(field: html.HtmlElement, shown: str, *, is_tick: bool, is_labelled: bool) -> None:
    """Make a field the words that it shows; a colon stands between a label and a value."""
    previous, parent = field.getprevious(), field.getparent()
    before = parent.text if previous is None else previous.tail or previous.text_content()
    named = field.get("aria-label") if not is_labelled else None
    if named:
        shown = f"{shown} {named}" if is_tick else f"{named}: {shown}"
    elif is_labelled and not is_tick and shown and (before or "").rstrip()[-1:].isalnum():
        place = (parent, "text") if previous is None else (previous, "tail")
        setattr(*place, (getattr(*place) or "").rstrip() + ":")
    for child in list(field):
        field.remove(child)
    field.tag, field.text = "span", f" {shown} "


META_BYTES: Final = 4096
"""Where a page names its encoding (HTML says within 1,024 bytes; saved pages do it later)."""

HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
TINY_PX: Final = 2.5

_DROPPED_TAGS: Final = frozenset(
    "script style noscript template iframe frame object embed applet svg canvas audio video "
    "datalist link meta base head annotation".split()
)
_DROPPED_ROLES: Final = frozenset({"search", "toolbar", "tablist"})
_SHADOW: Final = "shadowrootmode"  # a template with this is drawn (HTML, 4.12.3)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([\w-]+)")
_HIDING: Final = re.compile(
    r"display:none|visibility:(hidden|collapse)|opacity:0?(\.0+)?(;|!|$)"
    r"|(left|top|text-indent|margin-left):-\d{3,}|clip:rect\([01](px)?[ ,]"
    r"|^(?!.*background-clip:text).*(?<!-)(color|fill):transparent|clip-path:inset\((50|100)%"
)
_FONT: Final = re.compile(r"(?:^|;)font-size:([^;]*)")
_PX: Final = {"em": 16.0, "rem": 16.0, "%": 0.16, "pt": 1.33, "px": 1.0}
_SIZE: Final = re.compile(r"(?<![\w.])(\d{0,9}\.?\d{1,9})(px|pt|em|rem|%)?(?=[/! ]|$)")
_WHITE: Final = re.compile(
    r"(?<!-)color:(white|#fff(fff)?(?![0-9a-f])|rgba?\(255,255,255|hsla?\(\d+,\d+%,100%)"
)
_CONTAINERS: Final = re.compile(
    r"</?(?!(?:p|h[1-6]|table|tr|td|th|script|style|img|title|head|body|html)\b)[a-z][^<>]*>",
    re.IGNORECASE,
)
_TAGS: Final = re.compile(r"</?(?!(?:script|style)\b)[a-z][^<>]*>", re.IGNORECASE)


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


def visible_part(root: html.HtmlElement, *, styles: Styles) -> html.HtmlElement:
    """Drop what a reader does not see, and what leads elsewhere; return the rest."""
    plain = "background" not in styles.text and root.find(".//link[@rel='stylesheet']") is None
    body = root.find("body") if root.find("body") is not None else root
    unseen = []
    walk = etree.iterwalk(body, events=("start",))
    for _, node in walk:
        if node is not body and (_is_dropped(node) or _is_hidden(node, styles, plain=plain)):
            unseen.append(node)
            walk.skip_subtree()
    for node in unseen:
        if node.tag == "svg" and not _is_hidden(node, styles, plain=plain):
            _show_text(node)
        node.drop_tree()
    show_fields(body)
    drop_navigation(body)
    return body


def _show_text(drawing: html.HtmlElement) -> None:
    """Put what stands in a drawing (SVG 2, 11) before it as a paragraph, a line for each text."""
    shown = (node for node in drawing.iter("text") if not _is_undrawn(node, drawing))
    lines = [line for node in shown if (line := " ".join(node.text_content().split()))]
    if not lines:
        return
    paragraph = html.Element("p")
    paragraph.text = lines[0]
    for line in lines[1:]:
        etree.SubElement(paragraph, "br").tail = line
    drawing.addprevious(paragraph)


def _is_undrawn(text: html.HtmlElement, drawing: html.HtmlElement) -> bool:
    """Say whether a text can't be seen; attributes of a drawing are properties of style, too."""
    for node in (text, *text.iterancestors()):
        said = ";".join((*(f"{key}:{value}" for key, value in node.items()), node.get("style", "")))
        styles = re.sub(r"\s", "", said).lower().replace("fill:none", "fill:transparent")
        if hides(styles.replace("fill:", "color:")):
            return True
        if node is drawing:
            break
    return False


def _is_dropped(node: html.HtmlElement) -> bool:
    if node.tag == "button":  # what unfolds a part is written within its heading
        parent = node.getparent()
        return parent is None or parent.tag not in HEADINGS
    is_dropped = node.tag in _DROPPED_TAGS and _SHADOW not in node.attrib
    return is_dropped or node.get("role") in _DROPPED_ROLES


def _is_hidden(node: html.HtmlElement, styles: Styles, *, plain: bool) -> bool:
    """`plain`: no style sheet can have given the page a dark background."""
    if node.get("aria-hidden") == "true":
        return True
    is_closed = node.tag == "dialog" and "open" not in node.attrib
    style = styles.of(node, default="display:none" if is_closed or "hidden" in node.attrib else "")
    if style and (_hides(style) or (plain and _WHITE.search(style) and not _has_ground(node))):
        return True
    white = (node.get("color") or "").lower() in {"white", "#ffffff", "#fff"}
    return white and plain and not _has_ground(node)


def hides(style: str) -> bool:
    """Say whether a style hides words, or may on a white page."""
    return _hides(style) or bool(_WHITE.search(style))


def _hides(style: str) -> bool:
    return bool(_HIDING.search(style)) or _is_tiny(style)


def _is_tiny(style: str) -> bool:
    """Say whether a style makes letters too small to read.

    A weight such as the 400 of `font: 400 12px serif` is no size.
    """
    font = _FONT.search(style)
    sizes = _SIZE.finditer(font[1]) if font else iter(())
    first = next((size for size in sizes if size[2] or not float(size[1])), None)
    return first is not None and float(first[1]) * _PX[first[2] or "px"] < TINY_PX


def _has_ground(node: html.HtmlElement) -> bool:
    """Say whether the node or one around it has a background of its own."""
    return any(
        one.get("bgcolor") or one.get("background") or "background" in (one.get("style") or "")
        for one in (node, *node.iterancestors())
    )
