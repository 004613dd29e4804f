"""What the look of words means: struck, raised, lowered. One rule for every format.

Struck words stand between `~~`, as Markdown has them: no value of theirs counts
(`rag.text.without_struck`). A raised number after a number is a power: 10^6, never 106. Other
raised and lowered digits have signs of their own in Unicode: m², H₂O.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal

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
    if text.strip().isdecimal() and _ends_fraction(following):
        return f" {text}" if before[-1:].isdecimal() else text
    return raised(text, before=before)


def _ends_fraction(parts: Sequence[tuple[Place, str]]) -> bool:
    places, texts = [place for place, _ in parts], [text for _, text in parts]
    return places == ["", "lowered"] and texts[0].strip() in _SLASHES


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
