"""Scenes to draw and their captions: what, which colour, which detail, on which ground.

A caption may leave parts out, as those of the web do; each part has two wordings. Three tenths of
the scenes are held back whole: their parts are all learnt, their combination never. Knows nothing
of pixels or models.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

Part = Literal["kind", "colour", "detail", "ground"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)

Words = Mapping[str, tuple[str, str]]
"""A value and its two wordings."""

CHARTS: Final[Words] = {
    "bars": ("bar chart", "column chart"),
    "line": ("line chart", "curve"),
    "scatter": ("scatter plot", "cloud of dots"),
    "area": ("area chart", "filled curve"),
}
TRENDS: Final[Words] = {
    "rising": ("rising", "going up"),
    "falling": ("falling", "going down"),
    "peak": ("with a peak", "highest in the middle"),
    "dip": ("with a dip", "lowest in the middle"),
}
COUNTED: Final[Words] = {
    "pie": ("pie chart", "cake diagram"),
    "table": ("table", "grid of cells"),
    "flow": ("flow diagram", "chain of boxes"),
}
COUNTS: Final[Words] = {
    "2": ("of two parts", "in two pieces"),
    "3": ("of three parts", "in three pieces"),
    "4": ("of four parts", "in four pieces"),
    "5": ("of five parts", "in five pieces"),
}
SHAPES: Final[Words] = {
    "circle": ("circle", "disc"),
    "square": ("square", "block"),
    "triangle": ("triangle", "wedge"),
    "star": ("star", "asterisk"),
    "cross": ("cross", "plus sign"),
}
PLACES: Final[Words] = {
    "left": ("on the left", "at the left edge"),
    "right": ("on the right", "at the right edge"),
    "top": ("at the top", "in the upper part"),
    "bottom": ("at the bottom", "in the lower part"),
}
COLOURS: Final = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
GROUNDS: Final[Words] = {
    "white": ("on white", "white background"),
    "grey": ("on grey", "grey background"),
    "black": ("on black", "black background"),
}

FAMILIES: Final[tuple[tuple[Words, Words], ...]] = (
    (CHARTS, TRENDS),
    (COUNTED, COUNTS),
    (SHAPES, PLACES),
)
"""What may be drawn, with the details that it may have."""

HELD_BACK: Final = 0.3
SEED_OF_HELD_BACK: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a picture shows; each value is a key of the tables above."""

    kind: str
    colour: str
    detail: str
    ground: str


def scenes() -> list[Scene]:
    """Return all of them, always in the same order."""
    return [
        Scene(kind=kind, colour=colour, detail=detail, ground=ground)
        for kinds, details in FAMILIES
        for kind, colour, detail, ground in itertools.product(kinds, COLOURS, details, GROUNDS)
    ]


def split() -> tuple[list[Scene], list[Scene]]:
    """Return the scenes to learn from and those held back."""
    mixed = scenes()
    random.Random(SEED_OF_HELD_BACK).shuffle(mixed)  # noqa: S311 - nothing is secret
    held = round(HELD_BACK * len(mixed))
    return mixed[held:], mixed[:held]


def changed(scene: Scene, part: Part) -> list[Scene]:
    """Return the scenes that differ from this one in that part alone."""
    kinds, details = next(family for family in FAMILIES if scene.kind in family[0])
    values = {"kind": kinds, "colour": COLOURS, "detail": details, "ground": GROUNDS}[part]
    return [replace(scene, **{part: v}) for v in values if v != getattr(scene, part)]


def caption(
    scene: Scene, *, parts: Collection[Part] = PARTS, wording: Mapping[Part, int] | int = 0
) -> str:
    """Say those parts of a scene, each in its first or second wording: "a red star on white"."""
    chosen = dict.fromkeys(PARTS, wording) if isinstance(wording, int) else wording
    kinds, details = next(family for family in FAMILIES if scene.kind in family[0])
    kind = kinds[scene.kind][chosen["kind"]] if "kind" in parts else "picture"
    words = [
        scene.colour if "colour" in parts else "",
        kind,
        details[scene.detail][chosen["detail"]] if "detail" in parts else "",
        GROUNDS[scene.ground][chosen["ground"]] if "ground" in parts else "",
    ]
    said = " ".join(word for word in words if word)
    return f"{'an' if said[0] in 'aeiou' else 'a'} {said}"


def any_caption(scene: Scene, rng: random.Random, *, colourless: bool) -> str:
    """Say all of a scene, or in half the cases some parts; nothing of the colour if told so."""
    parts = list(PARTS)
    if rng.random() < 0.5:  # noqa: PLR2004 - half
        parts = rng.sample(PARTS, rng.randint(1, len(PARTS) - 1))
    if colourless:
        parts = [part for part in parts if part != "colour"] or ["kind"]
    return caption(scene, parts=parts, wording={part: rng.randrange(2) for part in PARTS})
