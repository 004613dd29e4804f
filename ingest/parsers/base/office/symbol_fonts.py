"""What the letters of symbol fonts show, in Unicode: a degree, a tick box, an arrow.

Such fonts have signs at the places of Latin letters, or at U+F000 and on (ECMA-376, part 1,
17.3.3.30). Symbol as Adobe encodes it; of Wingdings and Webdings the signs that mean something:
boxes, ticks, arrows, bullets, digits. Other signs are left out.
"""

from __future__ import annotations

from typing import Final

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
