"""A web page as a tree of what a reader would see. Knows HTML; knows no elements of ours.

Left out: scripts, hidden text (by attribute, by style, by style sheet, by tiny or white letters),
and what only leads elsewhere: menus, lists of places or languages, note marks, told by roles and
by how much of the words are links, never by names of classes. Nothing is fetched or run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final
from urllib.parse import unquote

from lxml import etree, html

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.formatting import TICKED, UNTICKED
from ingest.parsers.web.styles import WHITE, Styles, hides_anywhere

META_BYTES: Final = 4096
"""Where a page names its encoding (HTML says within 1,024 bytes; saved pages do it later)."""

HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}

_DROPPED_TAGS: Final = frozenset(
    "script style noscript template iframe frame object embed applet svg canvas audio video "
    "datalist link meta base head annotation".split()
)
_DROPPED_ROLES: Final = frozenset({"search", "toolbar", "tablist"})
_LOOKS: Final = frozenset("color fill opacity visibility display font-size".split())
"""Attributes that are properties of style: of `font`, and of drawings."""

_SHADOW: Final = "shadowrootmode"  # a template with this is drawn (HTML, 4.12.3)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([\w-]+)")
_CONTAINERS: Final = re.compile(
    r"</?(?!(?:p|h[1-6]|table|tr|td|th|script|style|img|title|head|body|html)\b)[a-z][^<>]*>",
    re.IGNORECASE,
)
_TAGS: Final = re.compile(r"</?(?!(?:script|style)\b)[a-z][^<>]*>", re.IGNORECASE)


def parse_page(page: bytes | str) -> html.HtmlElement | None:
    """Return the root of a page; None where there is nothing in it."""
    text = page if isinstance(page, str) else _decoded(page)
    root, is_whole = _parse(text)
    for tags in (_CONTAINERS, _TAGS):
        if not is_whole:
            root, is_whole = _parse(tags.sub("<br>", text))
    return root


def _decoded(page: bytes) -> str:
    declared = _CHARSET.search(page[:META_BYTES]) or _XML_ENCODING.search(page)
    return decode_text(page, declared=declared[1].decode() if declared else None)


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
            _show_text(node, styles, plain=plain)
        node.drop_tree()
    show_fields(body)
    drop_navigation(body)
    return body


def _show_text(drawing: html.HtmlElement, styles: Styles, *, plain: bool) -> None:
    """Put what stands in a drawing (SVG 2, 11) before it as a paragraph, a line for each text."""
    paragraph = html.Element("p")
    for text in drawing.iter("text"):
        around = takewhile(lambda node: node is not drawing, text.iterancestors())
        if not any(_is_hidden(node, styles, plain=plain) for node in (text, *around)):
            etree.SubElement(paragraph, "br").tail = text.text_content()
    drawing.addprevious(paragraph)


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
    default = "display:none" if is_closed or "hidden" in node.attrib else ""
    default += "".join(f";{key}:{value}" for key, value in node.items() if key in _LOOKS)
    style = styles.of(node, default=default)
    is_white = plain and WHITE.search(style) is not None
    has_ground = is_white and any(  # of its own, or around it
        one.get("bgcolor") or one.get("background") or "background" in (one.get("style") or "")
        for one in (node, *node.iterancestors())
    )
    return (is_white and not has_ground) or hides_anywhere(style)


_SILENT: Final = frozenset("hidden password submit button reset image file color".split())
_TICKS: Final = (UNTICKED, TICKED)
_CELLS: Final = frozenset({"td", "th", "dt", "dd"})
_ROLES: Final = ".//*[@role='checkbox' or @role='radio' or @role='switch'][@aria-checked]"


def show_fields(body: html.HtmlElement) -> None:
    """Write the values of fields into a page, each into its label where it has one."""
    labels = {label.get("for"): label for label in body.iter("label") if label.get("for")}
    for choice in body.xpath(_ROLES):
        choice.text = f"{_TICKS[choice.get('aria-checked') == 'true']} {choice.text or ''}"
    for field in list(body.iter("input", "select", "textarea")):
        kind = (field.get("type") or "").lower() if field.tag == "input" else ""
        label = next(field.iterancestors("label"), labels.get(field.get("id", "")))
        if kind in _SILENT or field.get("role") == "button":
            field.drop_tree()
            if kind not in _SILENT and label is not None and label.getparent() is not None:
                label.drop_tree()  # the face of the button
            continue
        is_tick = kind in {"checkbox", "radio"}
        shown = _TICKS["checked" in field.attrib] if is_tick else _value(field)
        label = _joined(field, label, is_first=is_tick)
        if kind != "radio" and label is not None:
            label.tag = "div"  # a paragraph of its own
        _write(field, shown, is_tick=is_tick, is_labelled=label is not None)


def _value(field: html.HtmlElement) -> str:
    if field.tag == "textarea":
        return str(field.text_content())
    if field.tag == "input":
        return field.get("value") or ""
    options = list(field.iter("option"))
    chosen = [option for option in options if "selected" in option.attrib]
    if not chosen and "multiple" not in field.attrib:
        chosen = [option for option in options[:1] if option.get("value") != ""]
    return ", ".join(" ".join(option.text_content().split()) for option in chosen)


def _joined(
    field: html.HtmlElement, label: html.HtmlElement | None, *, is_first: bool
) -> html.HtmlElement | None:
    """Move a field into its label unless either has a cell of its own; return the label."""
    if label is None or label in field.iterancestors():
        return label
    own, other = (next(node.iterancestors(*_CELLS), None) for node in (field, label))
    if label.getparent() is None or own is not other:
        return None
    field.drop_tree()
    if is_first:
        label.insert(0, field)
        field.tail, label.text = label.text, None
    else:
        label.append(field)
    return label


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


MAIN_SHARE: Final = 0.5
"""A page's main part is believed if it holds this much of the visible text."""

MENU_SHARE: Final = 0.5
"""A menu is believed if this much of its text are links."""

_MAIN: Final = ("//main", "//*[@role='main']", "//article")
_MENU_ROLES: Final = frozenset({"navigation", "menu", "menubar"})
_LISTS: Final = frozenset({"ul", "ol", "menu"})


def drop_navigation(body: html.HtmlElement) -> None:
    """Drop what only leads elsewhere, and what is mostly links beside the main part of a page."""
    places = {*body.xpath("//@id"), *body.xpath("//a/@name")}
    for mark in list(body.iter("sup", "a")):
        if _is_mark(mark, places):
            _drop_mark(mark)
    main = _main_part(body)
    for node in list(_adjacent(main)):
        if _is_menu(node, links=2) or _is_list(node, places):
            node.drop_tree()
    for listed in list(_menus_and_lists(body)):
        has_role = listed.tag == "nav" or listed.get("role") in _MENU_ROLES
        is_apart = (
            main is not None
            and main not in listed.iterancestors()
            and listed not in main.iterancestors()
        )
        is_menu = (has_role or is_apart) and _is_menu(listed, links=1 if has_role else 2)
        if is_menu or _is_list(listed, places):
            listed.drop_tree()


def _menus_and_lists(body: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield those that lie in no other."""
    walk = etree.iterwalk(body, events=("start",))
    for _, node in walk:
        if node.tag in {*_LISTS, "nav"} or node.get("role") in _MENU_ROLES:
            yield node
            walk.skip_subtree()


def _is_mark(node: html.HtmlElement, places: set[str]) -> bool:
    """Say whether a node is the mark of a note, or the sign of a place on the page."""
    if node.tag == "sup":
        is_only_linked = node.find(".//a") is not None and _said(node) == _linked(node)
        return is_only_linked and _leads(node, places)
    return len(node) == 0 and (node.get("href") or "").startswith("#") and _said(node) == 0


def _drop_mark(mark: html.HtmlElement) -> None:
    """Drop the mark of a note, and the raised pages in that note right after it."""
    node: html.HtmlElement | None = mark
    while node is not None:
        following = node.getnext() if node.tag == "sup" and not node.tail else None
        node.clear(keep_tail=True)
        node.tag = "span"
        node = following if following is not None and following.tag == "sup" else None


def _main_part(body: html.HtmlElement) -> html.HtmlElement | None:
    whole = _said(body)
    for path in _MAIN:
        found = body.xpath(path)
        if len(found) == 1 and _said(found[0]) >= MAIN_SHARE * whole:
            return found[0]
    return None


def _adjacent(main: html.HtmlElement | None) -> Iterator[html.HtmlElement]:
    """Yield what stands beside the main part, and beside what that lies in."""
    while main is not None and main.tag != "body":
        yield from main.itersiblings(preceding=True)
        yield from main.itersiblings()
        main = main.getparent()


def _is_menu(node: html.HtmlElement, *, links: int) -> bool:
    """Say whether a node holds this many links, and mostly them."""
    is_linked = sum(1 for _ in node.iter("a")) >= links
    return is_linked and _linked(node) >= MENU_SHARE * _said(node)


def _is_list(node: html.HtmlElement, places: set[str]) -> bool:
    """Say whether a node is nothing but links to places on the page or to other languages."""
    return _linked(node) == _said(node) > 0 and _leads(node, places)


def _leads(node: html.HtmlElement, places: set[str]) -> bool:
    """Say whether all links of a node lead to places on the page, or to it in other languages."""
    return all(
        link.get("hreflang") or not page or unquote(place) in places
        for link in node.iter("a")
        for page, _, place in [(link.get("href") or "").partition("#")]
    )


def _linked(node: html.HtmlElement) -> int:
    return sum(_said(link) for link in node.iter("a"))


def _said(node: html.HtmlElement) -> int:
    """Return the number of letters and digits."""
    return sum(map(str.isalnum, str(node.text_content())))
