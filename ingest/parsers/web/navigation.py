"""Takes out of a page what only leads elsewhere: menus, lists of places or languages, note marks.

Told by roles and by how much of the words are links, never by names of classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from lxml import etree, html

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
        links = 1 if _has_menu_role(listed) else 2
        is_menu = links == 1 or _is_adjacent(listed, main)
        if (is_menu and _is_menu(listed, links=links)) or _is_list(listed, places):
            listed.drop_tree()


def _menus_and_lists(body: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield those that lie in no other."""
    walk = etree.iterwalk(body, events=("start",))
    for _, node in walk:
        if node.tag in _LISTS or _has_menu_role(node):
            yield node
            walk.skip_subtree()


def _has_menu_role(node: html.HtmlElement) -> bool:
    return node.tag == "nav" or node.get("role") in _MENU_ROLES


def _is_mark(node: html.HtmlElement, places: set[str]) -> bool:
    """Say whether a node is the mark of a note, or the sign of a place on the page."""
    if node.tag == "sup":
        is_only_linked = node.find(".//a") is not None and _said(node) == _linked(node)
        return is_only_linked and _leads(node, places)
    is_sign = len(node) == 0 and (node.get("href") or "").startswith("#")
    return is_sign and _said(node) == 0


def _drop_mark(mark: html.HtmlElement) -> None:
    """Drop the mark of a note, and the raised page in that note right after it."""
    marks = [mark]
    while marks[-1].tag == "sup" and not marks[-1].tail:
        following = marks[-1].getnext()
        if following is None or following.tag != "sup":
            break
        marks.append(following)
    for one in marks:
        one.clear(keep_tail=True)
        one.tag = "span"


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


def _is_adjacent(node: html.HtmlElement, main: html.HtmlElement | None) -> bool:
    return (
        main is not None and main not in node.iterancestors() and node not in main.iterancestors()
    )


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
