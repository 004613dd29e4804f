"""How large each picture of a prompt is shown, within a budget of tokens.

A picture full of lettering gets twice the tokens of one without: what can't be read is of no use.
Knows pixels and prompts; knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image

from rag.datamodel import ImageAsset, PageView, Prompt, QueryImage
from rag.models.base.margin import widened
from rag.protocols import Pixels

MIN_OCR_WORDS: Final = 12
"""From so many words a picture counts as one to be read."""

OCR_WEIGHT: Final = 2.0
SHRINK: Final = 0.85
MIN_SIDE_PX: Final = 56
"""Two patches of 28 pixels: Qwen2.5-VL refuses less than one, and nothing is to be seen on it."""

MAX_SIDE_PX: Final = 2048
LONGEST_SHAPE: Final = 8
"""A side may be so many times the other; a longer picture gets a white margin."""

LEGIBLE_PAGE_PX: Final = (990, 700)
"""Height and width under which a page in 10 points is not read: 85 dots an inch of A4."""

LEGIBLE_SIDE_PX: Final = 448
"""So much of a figure's longer side is reckoned with at least, or its own."""

Picture = ImageAsset | QueryImage | PageView
LoadPixels = Callable[[Picture], Pixels]
"""Decodes a stored picture, or one that came with a question, or draws a page; raises OSError."""

TokensOf = Callable[[int, int], int]
"""The tokens that a picture of some height and width, in pixels, takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedPicture:
    """One picture of a prompt: its place among the parts, and its weight against the others."""

    place: int
    picture: Picture
    weight: float


def wanted_pictures(prompt: Prompt) -> list[WeighedPicture]:
    """Return the pictures, the person's own first, then those of the sources, best first.

    Where the context does not tell which are, they come in the order of the sources.
    """
    found = [
        WeighedPicture(place=place, picture=part, weight=_weight(part, prompt.parts[place - 1]))
        for place, part in enumerate(prompt.parts)
        if not isinstance(part, str)
    ]
    worth = _worth(prompt)
    return sorted(
        found,
        key=lambda one: (not isinstance(one.picture, QueryImage), worth.get(one.place, one.place)),
    )


def with_best_pictures(prompt: Prompt, most: int | None) -> Prompt:
    """Return the prompt with so many of its pictures, the best first; None: with all."""
    if most is None:
        return prompt
    kept = {one.place for one in wanted_pictures(prompt)[:most]}
    parts = enumerate(prompt.parts)
    return replace(
        prompt,
        parts=tuple(part for n, part in parts if isinstance(part, str) or n in kept),
    )


def _worth(prompt: Prompt) -> dict[int, int]:
    """Return for the places of pictures how many come before; nothing where that is not told."""
    context = prompt.context
    if context.pictures is None:
        return {}
    hits = (*context.hits, *context.pages)
    order = {number: at for at, number in enumerate(context.pictures)}
    found: dict[int, int] = {}
    source = 0
    for place, part in enumerate(prompt.parts[:-1]):
        source += isinstance(part, str)
        if isinstance(part, ImageAsset | PageView):
            found[place] = order[hits[source - 1].rank]
    return found


def _weight(picture: Picture, before: object) -> float:
    if isinstance(picture, PageView):
        return OCR_WEIGHT
    words = picture.lettering if isinstance(picture, QueryImage) else str(before)
    return OCR_WEIGHT if len(words.split()) >= MIN_OCR_WORDS else 1.0


def legible(
    wanted: Sequence[WeighedPicture], tokens_of: TokensOf, *, room_tokens: int
) -> list[WeighedPicture]:
    """Return the pictures without the pages for which there is no room at a size to be read.

    Room for what comes before them is kept free.
    """
    kept: list[WeighedPicture] = []
    used = 0
    for one in wanted:
        least = tokens_of(*_min_size(one.picture))
        if used + least <= room_tokens or not isinstance(one.picture, PageView):
            kept.append(one)
            used += least
    return kept


def _min_size(picture: Picture) -> tuple[int, int]:
    """Return the height and width, in pixels, at which a picture can be read."""
    if isinstance(picture, PageView):
        return LEGIBLE_PAGE_PX
    if isinstance(picture, QueryImage):
        return LEGIBLE_SIDE_PX, LEGIBLE_SIDE_PX
    scale = min(1.0, LEGIBLE_SIDE_PX / max(picture.height_px, picture.width_px))
    return _scaled(picture.height_px, picture.width_px, scale)


def shown_pictures(
    wanted: Sequence[WeighedPicture], load: LoadPixels, tokens_of: TokensOf, *, room_tokens: int
) -> dict[int, Pixels]:
    """Return place -> pixels, scaled so that all of them take at most `room_tokens`.

    Pages that could not be read are left out. Each other gets its share of what is left; one whose
    least form is over its share is shown while there is room, and left out else. A picture that
    can't be decoded is left out.
    """
    shown: dict[int, Pixels] = {}
    left = room_tokens
    wanted = legible(wanted, tokens_of, room_tokens=room_tokens)
    for i, one in enumerate(wanted):
        share = int(left * one.weight / sum(other.weight for other in wanted[i:]))
        try:
            pixels = padded(load(one.picture))
        except OSError:
            continue
        height, width = _fitting(pixels.shape[0], pixels.shape[1], tokens_of, share)
        tokens = tokens_of(height, width)
        if tokens <= left:
            shown[one.place] = resized(pixels, height, width)
            left -= tokens
    return dict(sorted(shown.items()))


def _fitting(height: int, width: int, tokens_of: TokensOf, max_tokens: int) -> tuple[int, int]:
    """Return the largest size, of those tried, within the tokens; the least where none is.

    Some processors bring any picture to one size: shrinking does nothing there, and the size stays.
    """
    scale = min(1.0, MAX_SIDE_PX / max(height, width))
    whole = size = _scaled(height, width, scale)
    while tokens_of(*size) > max_tokens:
        if min(size) * SHRINK < MIN_SIDE_PX:
            return whole if tokens_of(*whole) == tokens_of(*size) else size
        scale *= SHRINK
        size = _scaled(height, width, scale)
    return size


def _scaled(height: int, width: int, scale: float) -> tuple[int, int]:
    return max(1, round(height * scale)), max(1, round(width * scale))


def resized(pixels: Pixels, height: int, width: int) -> Pixels:
    """Return the picture at that size; itself where it has it already."""
    if pixels.shape[:2] == (height, width):
        return pixels
    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture, dtype=np.uint8)


def padded(pixels: Pixels) -> Pixels:
    """Return the picture with a white margin where it is too small or too long for a model."""
    return widened(pixels, longest_shape=LONGEST_SHAPE, min_side_px=MIN_SIDE_PX)
