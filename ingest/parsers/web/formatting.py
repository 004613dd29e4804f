"""Writes what the look of a page's words means into the words: struck, raised, lowered, formulas.

Knows the elements of HTML and MathML, inline styles and the plain selectors of a page's own style
sheets. Of ruby the base stays, its reading goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree, html

from ingest.parsers.base.formatting import Place, placed, struck
from ingest.parsers.base.math_text import math_text
from ingest.parsers.base.office.symbol_fonts import shown_in
from ingest.parsers.web.styles import Styles
from ingest.parsers.web.text import BLOCK_TAGS
from rag.text import STRUCK_MARK

_PLACES: Final[dict[str, Place]] = {"sup": "raised", "super": "raised", "sub": "lowered"}
_STRUCK_TAGS: Final = frozenset({"s", "strike", "del"})
_RUBY: Final = ("rt", "rp", "rtc")
_LOOKS: Final = (
    ".//s | .//strike | .//del | .//sup | .//sub"
    " | .//*[contains(@style, 'decoration') or contains(@style, 'vertical-align')]"
)
_SIGNS: Final = ".//*[@face or contains(@style, 'dings') or contains(@style, 'Symbol')]"
_FAMILY: Final = re.compile(r"font-family\s*:\s*[\"']?([^;,\"']+)", re.IGNORECASE)
_LINES: Final = re.compile(r"text-decoration-line:([^;]*)")
_ALIGN: Final = re.compile(r"vertical-align:(super|sub)\b")
_DIVIDING: Final = BLOCK_TAGS | {"br", "td", "th"}
_LOOK_BACK: Final = 4
_SPACES: Final = re.compile(r"\s+")
_FIRST: Final = re.compile(r"\S")
_LAST: Final = re.compile(r"\S(?=\s*\Z)")

_Words = tuple[html.HtmlElement, str]
"""Where words stand in a tree: an element, and which of its `text` and `tail`."""


def mark_formatting(part: html.HtmlElement, *, styles: Styles) -> None:
    """Write marks into the words of a page."""
    for node in list(part.iter(*_RUBY)):
        node.drop_tree()
    for node in list(part.iter("math")):
        _replace(node, math_text(node))
    for node in part.xpath(_SIGNS):
        family = _FAMILY.search(node.get("style") or "")
        node.text = shown_in(family.group(1) if family else node.get("face") or "", node.text or "")
    is_styled = "line-through" in styles.text or "vertical-align" in styles.text
    done: set[html.HtmlElement] = set()
    for node in part.xpath(".//*" if is_styled else _LOOKS):
        style = styles.of(node)
        place = _place(node, style)
        if place:
            _replace(node, placed(_text(node), place, before=_before(node), following=_after(node)))
        if _is_struck(node, style) and done.isdisjoint(node.iterancestors()):
            done.add(node)
    for node in done:
        _strike(node)


def is_look(style: str) -> bool:
    """Say whether a style strikes, raises or lowers words."""
    return bool(_LINES.search(style) or _ALIGN.search(style))


def _is_struck(node: html.HtmlElement, style: str) -> bool:
    lines = _LINES.search(style)
    return "line-through" in lines[1] if lines else node.tag in _STRUCK_TAGS


def _place(node: html.HtmlElement, style: str) -> Place:
    """Return the place of an element's words; none where it holds a picture or blocks."""
    aligned = _ALIGN.search(style)
    place = _PLACES.get(aligned[1] if aligned else str(node.tag), "")
    return place if place and not any(one.tag in {*_DIVIDING, "img"} for one in node.iter()) else ""


def _text(node: html.HtmlElement) -> str:
    return str(node.text_content())


def _replace(node: html.HtmlElement, text: str) -> None:
    """Make these the words of an element."""
    for child in list(node):
        node.remove(child)
    node.text = text


def _before(node: html.HtmlElement) -> str:
    """Return the words right before an element, in its line."""
    for _ in range(_LOOK_BACK):
        previous, parent = node.getprevious(), node.getparent()
        if previous is None and parent is None:
            break
        if previous is not None:
            is_end = previous.tag in _DIVIDING
            said = previous.tail or ("" if is_end else _text(previous))
            node = previous
        else:
            is_end, said, node = parent.tag in _DIVIDING, parent.text or "", parent
        if said or is_end:
            return said
    return ""


def _after(node: html.HtmlElement) -> Sequence[tuple[Place, str]]:
    """Return the words after an element up to the end of the next one, with their places."""
    following = node.getnext()
    if following is None:
        return []
    return [("", node.tail or ""), (_PLACES.get(str(following.tag), ""), _text(following))]


def _strike(node: html.HtmlElement) -> None:
    """Mark an element's words as struck: as one if nothing divides them, else each by itself."""
    words = [place for place in _places_of_words(node) if (getattr(*place) or "").strip()]
    if len(words) == 1 or any(one.tag in _DIVIDING for one in node.iterdescendants()):
        for place in words:
            setattr(*place, struck(_SPACES.sub(" ", getattr(*place))))
    elif words:
        opened = _FIRST.sub(STRUCK_MARK + r"\g<0>", getattr(*words[0]), count=1)
        setattr(*words[0], opened)
        closed = _LAST.sub(r"\g<0>" + STRUCK_MARK, getattr(*words[-1]), count=1)
        setattr(*words[-1], closed)


def _places_of_words(node: html.HtmlElement) -> Iterator[_Words]:
    for event, inner in etree.iterwalk(node, events=("start", "end")):
        if event == "start":
            yield inner, "text"
        elif inner is not node:
            yield inner, "tail"
