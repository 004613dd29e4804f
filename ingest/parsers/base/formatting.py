"""What the look of words means: struck, raised, lowered; symbol fonts; formulas. For every format.

Struck words stand between `~~`, as Markdown has them: no value of theirs counts
(`rag.text.without_struck`). A raised number after a number is a power: 10^6, never 106; so in
formulas of MathML and OMML. Other raised and lowered digits have signs of their own in Unicode: m².
Symbol fonts have signs at the places of Latin letters, or at U+F000 and on (ECMA-376, part 1,
17.3.3.30).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Literal

from ingest.parsers.base.office import local_name
from rag.text import STRUCK_MARK, sentence_spans

Place = Literal["", "raised", "lowered"]


@dataclass(frozen=True, slots=True)
class Look:
    """How words look, as far as it means something."""

    is_struck: bool = False
    place: Place = ""

    def within(self, outer: Look) -> Look:
        """Return the look of words that have this one inside others of look `outer`."""
        if PLAIN in (self, outer):
            return outer if self is PLAIN else self
        return Look(self.is_struck or outer.is_struck, self.place or outer.place)


PLAIN: Final = Look()
SCRIPTS: Final[dict[str, Place]] = {"superscript": "raised", "subscript": "lowered"}
"""Places by their names in Open XML."""

Run = tuple[str, Look]

_RAISED: Final = str.maketrans("0123456789+-−–()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ⁿ")
_LOWERED: Final = str.maketrans("0123456789+-−–()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₍₎")
_SIGNS: Final = "+-−–"
_SLASHES: Final = ("/", "⁄")


def marked(runs: Iterable[Run]) -> str:
    """Return the words of runs, in order, with marks of what their look means."""
    runs = list(runs)
    if all(look is PLAIN for _, look in runs):
        return "".join(text for text, _ in runs)
    made = ""
    for is_struck, same in groupby(runs, key=lambda run: run[1].is_struck):
        words = _placed(list(same), before=made)
        made += struck(words) if is_struck else words
    return made


def struck(text: str) -> str:
    """Return words as struck: each sentence by itself, as it may be quoted alone."""
    made, end = "", 0
    for begin, stop in sentence_spans(text):
        made += f"{text[end:begin]}{STRUCK_MARK}{text[begin:stop]}{STRUCK_MARK}"
        end = stop
    return made + text[end:]


def _placed(runs: Sequence[Run], *, before: str) -> str:
    parts = [
        (place, "".join(map(itemgetter(0), same)))
        for place, same in groupby(runs, key=lambda run: run[1].place)
    ]
    made = ""
    for at, (place, text) in enumerate(parts):
        made += placed(text, place, before=before + made, following=parts[at + 1 : at + 3])
    return made


def placed(
    text: str, place: Place, *, before: str, following: Sequence[tuple[Place, str]] = ()
) -> str:
    """Return words by their place; `before` and `following` are the words around them.

    A raised number, a slash and a lowered number are a fraction: 2 1/2.
    """
    if place == "lowered" and not before.endswith(_SLASHES):
        return lowered(text)
    if place != "raised":
        return text
    is_top = [one for one, _ in following] == ["", "lowered"] and following[0][
        1
    ].strip() in _SLASHES
    if text.strip().isdecimal() and is_top:
        return f" {text}" if before[-1:].isdecimal() else text
    return raised(text, before=before)


def raised(text: str, *, before: str) -> str:
    """Return raised words that follow `before`: ^6 after a number, else ⁶; "st" as it is."""
    bare = text.strip()
    if not (bare == "n" or bare.startswith(tuple(_SIGNS)) or any(map(str.isdecimal, bare))):
        return text
    if bare.startswith(("[", "(")):  # the mark of a note
        return text
    if before[-1:].isdecimal() or before.endswith(")") or not _RAISED.keys() >= set(map(ord, bare)):
        return text.replace(bare, f"^{bare}", 1)
    return text.translate(_RAISED)


def lowered(text: str) -> str:
    """Return lowered words: ₂; letters as they are."""
    return text.translate(_LOWERED) if _LOWERED.keys() >= set(map(ord, text.strip())) else text


TICKED: Final = "☒"
UNTICKED: Final = "☐"
_PRIVATE: Final = 0xF000
_SYMBOL: Final = {
    0x20: " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x61: "αβχδεφγηιϕκλµνοπθρστυϖωξψζ{|}∼",
    0xA0: "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…",
    0xBF: "↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑",
    0xF1: "〉∫⌠",
}
_WINGDINGS: Final = {
    0x4A: "☺😐☹",
    0x6C: "●❍■□❐❑❒",
    0x80: "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿",
    0x9F: "•▪○",
    0xA7: "▪☐",
    0xD8: "➢",
    0xDF: "←→↑↓↖↗↙↘",
    0xE8: "→",
    0xEF: "⇐⇒⇑⇓⇔",
    0xFB: "✗✓☒☒",
}
_WINGDINGS_2: Final = {0x4F: "✗✓☒☒☒☒", 0x97: "•", 0xA3: "☐☐"}
_WEBDINGS: Final = {0x61: "✓", 0x63: "☐", 0x67: "■", 0x72: "✗"}


def _table(runs: dict[int, str]) -> dict[int, str]:
    """Return the signs of a font by their place, and by that place in the private area."""
    signs = {start + at: sign for start, run in runs.items() for at, sign in enumerate(run)}
    return signs | {_PRIVATE + place: sign for place, sign in signs.items()}


_FONTS: Final = {
    "symbol": _table(_SYMBOL),
    "wingdings": _table(_WINGDINGS),
    "wingdings 2": _table(_WINGDINGS_2),
    "webdings": _table(_WEBDINGS),
}
_SPACES: Final = {ord(" "): " ", ord("\n"): "\n", ord("\t"): "\t", 0xA0: " "}


def is_symbol_font(font: str) -> bool:
    return font.strip().lower() in _FONTS


def shown_in(font: str, text: str) -> str:
    """Return what `text` shows in a font; as it is where the font has letters."""
    signs = _FONTS.get(font.strip().lower())
    if signs is None:
        return text
    return "".join(signs.get(ord(letter), _SPACES.get(ord(letter), "")) for letter in text)


_LEFT_OUT: Final = frozenset({"annotation", "annotation-xml"})


def math_text(node: Any) -> str:  # noqa: ANN401 - lxml brings no types
    """Return the words of a formula."""
    tag = local_name(node.tag)
    parts = [math_text(child) for child in node if isinstance(child.tag, str)]
    if tag in _MATHML and len(parts) == _MATHML[tag][0]:
        return _MATHML[tag][1](parts)
    if tag in _OMML:
        named = {local_name(child.tag): text for child, text in zip(node, parts, strict=False)}
        keys, read = _OMML[tag]
        return read([named.get(key, "") for key in keys])
    own = "" if parts else (node.text or "").strip()
    return "" if tag in _LEFT_OUT else own + "".join(parts)


def _power(parts: Sequence[str]) -> str:
    return f"{parts[0]}^{_one(parts[1])}" if parts[1] else parts[0]


def _index(parts: Sequence[str]) -> str:
    low = lowered(parts[1])
    return parts[0] + (low if low != parts[1] or not low else f"_{_one(low)}")


def _fraction(parts: Sequence[str]) -> str:
    return f"{_one(parts[0])}/{_one(parts[1])}"


def _root(parts: Sequence[str]) -> str:
    return f"√{_one(parts[0])}"


def _one(text: str) -> str:
    """Return a text that reads as one thing."""
    bare = text.lstrip("+-−")
    return text if bare.isalnum() or bare.replace(".", "", 1).isdecimal() else f"({text})"


_MATHML: Final[dict[str, tuple[int, Callable[[Sequence[str]], str]]]] = {
    "msup": (2, _power),
    "msub": (2, _index),
    "msubsup": (3, lambda parts: _power((_index(parts[:2]), parts[2]))),
    "mfrac": (2, _fraction),
    "msqrt": (1, _root),
}
_OMML: Final = {
    "sSup": (("e", "sup"), _power),
    "sSub": (("e", "sub"), _index),
    "sSubSup": (("e", "sub", "sup"), _MATHML["msubsup"][1]),
    "f": (("num", "den"), _fraction),
    "rad": (("e",), _root),
}
