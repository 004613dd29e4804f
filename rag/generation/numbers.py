"""The numbers of a sentence, and which of them a text does not hold.

Pure functions over text. Knows no words but those of numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rag.answer.base.quantities import quantity
from rag.text import words

_NUMBER: Final = re.compile(
    r"\d+(?:[.,]\d+)*(?:\s*(?:thousand|million|billion|trillion)s?\b)?", re.IGNORECASE
)
_GROUPED: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:[.,' ]\d{3}){1,4}(?![\d.,]\d|\d)")
_SPELLED: Final = {
    word: float(n)
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_COUNTED: Final = frozenset(_SPELLED) - {"one", "zero"}
"""Spelled numbers of a sentence that must be found; `one` is mostly no number."""

_SCALES: Final = (1.0, 1e3, 1e6, 1e9)


def numbers_in(text: str) -> list[tuple[str, float, int, bool]]:
    """Return each number as written, its size with its scale, decimals, whether it has a scale."""
    found = []
    for match in _NUMBER.finditer(text):
        read = quantity(match.group())
        if read is not None:
            found.append((match.group(), read.size, read.decimals, read.scale != 1))
    return found


def unfound_numbers(claim: str, told: str) -> list[str]:
    """Return the numbers of a claim that the text does not hold."""
    sizes, grouped = _sizes(told), _grouped(told)
    missing = [
        written
        for written, size, decimals, scaled in numbers_in(claim)
        if not (_is_held(size, decimals, scaled, sizes) or _grouped(written) & grouped)
    ]
    spelled = [w for w in words(claim) if w in _COUNTED and _SPELLED[w] not in sizes]
    return [*missing, *spelled]


@lru_cache(maxsize=512)
def _grouped(text: str) -> frozenset[str]:
    """Return the digits of numbers in groups of three: 2,514 m are 2.514 m in German."""
    return frozenset(re.sub(r"\D", "", found) for found in _GROUPED.findall(text))


@lru_cache(maxsize=512)
def _sizes(told: str) -> frozenset[float]:
    """Return the sizes of all numbers of a text, also of those in words and without a scale."""
    own = {size for _, size, _, _ in numbers_in(told)}
    bare = {q.value for m in _NUMBER.finditer(told) if (q := quantity(m.group())) is not None}
    dated = [m.group() for m in _NUMBER.finditer(told) if quantity(m.group()) is None]
    digits = {float(run) for run in re.findall(r"\d{1,15}", " ".join(dated))}
    return frozenset(own | bare | digits | {_SPELLED[w] for w in words(told) if w in _SPELLED})


def _is_held(size: float, decimals: int, scaled: bool, sizes: frozenset[float]) -> bool:  # noqa: FBT001 - fields of one number
    """Tell whether a number stands in a text as it is or, given in millions, rounded."""
    if size in sizes:
        return True
    if not scaled:
        return False
    scale = next(s for s in (1e12, 1e9, 1e6, 1e3, 1.0) if size >= s)
    room = 0.5001 * scale * 10.0**-decimals
    return any(abs(one * up - size) <= room for one in sizes for up in _SCALES)
