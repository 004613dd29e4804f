"""The style sheets of a page: what they say of an element, and whether that hides its words.

Knows inline styles and the plain selectors of a page's own style sheets.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import html

STYLE_LETTERS: Final = 2_000
SHEET_LETTERS: Final = 2_000_000
"""How much is read of a style attribute and of a page's style sheets."""

MAX_RULES: Final = 200
"""So many rules for one id, class or tag are looked at, the last."""

_SCREEN: Final = frozenset({"", "all", "screen"})
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_AT_BLOCK: Final = re.compile(r"@[^@{};]*+\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}")
"""As `@media print {…}`; its rules hold of some readers alone, and are left out."""

_RULE: Final = re.compile(r"(?<![^{};])([^{};]*+)\{([^{}]*+)\}")
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

TINY_PX: Final = 2.5
_HIDING: Final = re.compile(
    r"display:none|visibility:(hidden|collapse)|opacity:0?(\.0+)?(;|!|$)"
    r"|(left|top|text-indent|margin-left):-\d{3,}|clip:rect\([01](px)?[ ,]"
    r"|^(?!.*background-clip:text).*(?<!-)(color:transparent|fill:(transparent|none))|clip-path:inset\((50|100)%"
)
_FONT: Final = re.compile(r"(?:^|;)font-size:([^;]*)")
_PX: Final = {"em": 16.0, "rem": 16.0, "%": 0.16, "pt": 1.33, "px": 1.0}
_SIZE: Final = re.compile(r"(?<![\w.])(\d{0,9}\.?\d{1,9})(px|pt|em|rem|%)?(?=[/! ]|$)")
WHITE: Final = re.compile(
    r"(?<!-)(color|fill):(white|#fff(fff)?(?![0-9a-f])|rgba?\(255,255,255|hsla?\(\d+,\d+%,100%)"
)
LINES: Final = re.compile(r"text-decoration-line:([^;]*)")
ALIGN: Final = re.compile(r"vertical-align:(super|sub)\b")

_Declared = dict[str, tuple[bool, str]]
"""Of each property, whether it is important, and its value."""


@dataclass(frozen=True, slots=True)
class _Rule:
    weight: tuple[int, int, int]  # ids; classes and tags; place in the sheets
    chain: tuple[frozenset[str], ...]  # of a selector's parts, outermost first
    declared: _Declared


class Styles:
    """The style sheets of a page, `text`."""

    def __init__(self, root: html.HtmlElement) -> None:
        sheets = " ".join(
            sheet.text or ""
            for sheet in root.iter("style")
            if (sheet.get("media") or "").strip().lower() in _SCREEN
        )
        self.text = _COMMENT.sub(" ", sheets[:SHEET_LETTERS])
        self._telling: set[str] = set()  # keys of rules that hide words or tell of their look
        self._rules = defaultdict[str, deque[_Rule]](lambda: deque(maxlen=MAX_RULES))
        for place, (selectors, style) in enumerate(_RULE.findall(_AT_BLOCK.sub("", self.text))):
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
            self._rules[key].append(_Rule(weight, chain, declared))
            style = _written(declared)
            if hides(style) or LINES.search(style) or ALIGN.search(style):
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
        taken.sort(key=lambda rule: rule.weight)
        found = dict(_declarations(default))
        for declared in (*(rule.declared for rule in taken), _declarations(style[:STYLE_LETTERS])):
            for name, (is_important, value) in declared.items():
                if is_important or not found.get(name, (False, ""))[0]:
                    found[name] = is_important, value
        return _written(found)


def _written(declared: _Declared) -> str:
    return ";".join(f"{name}:{value}" for name, (_, value) in declared.items())


def _tokens(node: html.HtmlElement) -> frozenset[str]:
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


def hides(style: str) -> bool:
    """Say whether a style hides words, or may on a white page."""
    return hides_anywhere(style) or bool(WHITE.search(style))


def hides_anywhere(style: str) -> bool:
    """Say whether a style hides words on a page of any colour."""
    return bool(_HIDING.search(style)) or _is_tiny(style)


def _is_tiny(style: str) -> bool:
    """Say whether a style makes letters too small to read.

    A weight such as the 400 of `font: 400 12px serif` is no size.
    """
    font = _FONT.search(style)
    sizes = _SIZE.finditer(font[1]) if font else iter(())
    first = next((size for size in sizes if size[2] or not float(size[1])), None)
    return first is not None and float(first[1]) * _PX[first[2] or "px"] < TINY_PX
