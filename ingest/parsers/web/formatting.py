"""Writes what the look of a page's words means into the words: struck, raised, lowered, formulas.

Knows the elements of HTML and MathML, inline styles and the plain selectors of a page's own style
sheets. Of ruby the base stays, its reading goes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree, html

from ingest.parsers.base.formatting import Place, math_text, placed, shown_in, struck
from ingest.parsers.web.text import BLOCK_TAGS
from rag.text import STRUCK_MARK

STYLE_LETTERS: Final = 2_000
SHEET_LETTERS: Final = 2_000_000
"""How much is read of a style attribute and of a page's style sheets."""

MAX_RULES: Final = 200
"""So many rules for one id, class or tag are looked at, the last."""

_SCREEN: Final = frozenset({"", "all", "screen"})
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BRACE: Final = re.compile(r"[{}]")
_COMPOUND: Final = re.compile(r"(?:[a-z][\w-]*|\*)?(?:[.#][\w-]+)*", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[.#]?[\w-]+")
_SHORT: Final = {
    "font": "font-size",
    "text-decoration": "text-decoration-line",
    "-webkit-background-clip": "background-clip",
}
"""Names that say what another says; the last of either counts."""
_PROPERTIES: Final = frozenset(
    "display visibility opacity left top text-indent margin-left clip clip-path color fill "
    "background-clip vertical-align".split()
) | set(_SHORT.values())

_Declared = dict[str, tuple[bool, str]]
"""Of each property, whether it is important, and its value."""


@dataclass(frozen=True, slots=True)
class _Rule:
    weight: tuple[int, int, int]  # ids; classes and tags; place in the sheets
    chain: tuple[frozenset[str], ...]  # of a selector's parts, outermost first
    declared: _Declared


class Styles:
    """The style sheets of a page; `tells` says whether what a style declares is of interest."""

    def __init__(self, root: html.HtmlElement, *, tells: Callable[[str], bool]) -> None:
        sheets = " ".join(
            sheet.text or ""
            for sheet in root.iter("style")
            if (sheet.get("media") or "").strip().lower() in _SCREEN
        )
        self.text = _COMMENT.sub(" ", sheets[:SHEET_LETTERS])
        self._tells = tells
        self._telling: set[str] = set()  # keys of the rules
        self._rules: dict[str, deque[_Rule]] = {}
        for place, (selectors, style) in enumerate(_rules(self.text)):
            declared = _declarations(style)
            for selector in selectors.split(",") if declared else ():
                self._add(selector.split(), declared, place)

    def _add(self, parts: list[str], declared: _Declared, place: int) -> None:
        if parts and all(_COMPOUND.fullmatch(part) for part in parts):
            chain = tuple(frozenset(_TOKEN.findall(part)) for part in parts)
            tokens = [token for part in chain for token in part]
            ids = sum(token.startswith("#") for token in tokens)
            classes = sum(token.startswith(".") for token in tokens)
            weight = (ids, classes * 100 + len(tokens) - ids - classes, place)
            key = min(chain[-1], default="")  # of an id, a class and a tag, in this order
            self._rules.setdefault(key, deque(maxlen=MAX_RULES)).append(
                _Rule(weight, chain, declared)
            )
            if self._tells(_written(declared)):
                self._telling.add(key)

    def of(self, node: html.HtmlElement, *, default: str = "") -> str:
        """Return what holds of an element as `name:value;name:value`, in small letters.

        Nothing where no rule tells: `default` is what holds where no style says more.
        """
        tokens, style = _tokens(node), node.get("style") or ""
        if not style and not default and self._telling.isdisjoint(tokens):
            return ""
        rules = [rule for token in tokens for rule in self._rules.get(token, ())]
        rules = [rule for rule in rules if rule.chain[-1] <= tokens]
        around = [_tokens(one) for one in node.iterancestors()] if rules else []
        taken = [rule for rule in rules if _lies_within(around, rule)]
        inline, found = _declarations(style[:STYLE_LETTERS]), dict(_declarations(default))
        for declared in (*(rule.declared for rule in sorted(taken, key=_weight)), inline):
            for name, (is_important, value) in declared.items():
                if is_important or not found.get(name, (False, ""))[0]:
                    found[name] = is_important, value
        return _written(found)


def _written(declared: _Declared) -> str:
    return ";".join(f"{name}:{value}" for name, (_, value) in declared.items())


def _weight(rule: _Rule) -> tuple[int, int, int]:
    return rule.weight


def _tokens(node: html.HtmlElement) -> frozenset[str]:
    """Return the parts of selectors that take an element."""
    return _tokens_of(node.tag, node.get("class"), node.get("id"))


@lru_cache(maxsize=4096)
def _tokens_of(tag: str, classes: str | None, name: str | None) -> frozenset[str]:
    return frozenset({tag, f"#{name}", *(f".{one}" for one in (classes or "").split())})


def _lies_within(around: Sequence[frozenset[str]], rule: _Rule) -> bool:
    """Say whether what lies around an element is what the outer parts of a selector take."""
    outer = list(rule.chain[:-1])
    for tokens in around if outer else ():
        if outer[-1] <= tokens:
            outer.pop()
        if not outer:
            break
    return not outer


@lru_cache(maxsize=4096)
def _declarations(style: str) -> _Declared:
    """Return what a style says of the properties that matter here; shared, so never changed."""
    found: _Declared = {}
    for part in style.split(";") if ":" in style else ():
        name, _, value = part.partition(":")
        name = name.strip().lower()
        name = _SHORT.get(name, name)
        if name in _PROPERTIES:
            bare, mark, _ = value.lower().partition("!")
            found[name] = bool(mark), re.sub(r" ?([(,)]) ?", r"\1", " ".join(bare.split()))
    return found


def _rules(sheets: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and declarations of style sheets; rules in `@` blocks are left out."""
    depth, start, selectors = 0, 0, ""
    for brace in _BRACE.finditer(sheets):
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
