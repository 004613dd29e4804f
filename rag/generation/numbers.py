"""The numbers of a sentence, and which of them a text neither holds nor gives when combined.

Pure functions over text. Knows no words but those of numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Final

from rag.answer.base.quantities import quantity
from rag.text import words

_NUMBER: Final = re.compile(
    r"\d+(?:[.,]\d+)*(?:\s*(?:thousand|million|billion|trillion)s?\b)?", re.IGNORECASE
)
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
    """Return the numbers of a claim that the text neither holds nor, simply combined, gives."""
    sizes = _sizes(told)
    found: list[tuple[str, float, int]] = []
    lost: list[tuple[str, float, int]] = []
    for written, size, decimals, scaled in numbers_in(claim):
        held = _is_held(size, decimals, scaled, sizes)
        (found if held else lost).append((written, size, decimals))
    results = set(_derived([size for _, size, _ in found])) if lost else set()
    missing = [
        written
        for written, size, decimals in lost
        if not any(abs(abs(result) - size) <= 0.5001 * 10.0**-decimals for result in results)
    ]
    spelled = [w for w in words(claim) if w in _COUNTED and _SPELLED[w] not in sizes]
    return [*missing, *spelled]


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


def _derived(sizes: Sequence[float]) -> Iterator[float]:
    """Yield sums, differences, ratios and changes of numbers, as answers state them."""
    unique = list(dict.fromkeys(sizes))[:6]
    yield math.fsum(sizes)
    for one, other in permutations(unique, 2):
        yield one + other
        yield one - other
        if other:
            yield one / other
            yield 100 * one / other
            yield 100 * (one - other) / abs(other)
