"""Draws scenes: each picture of one differs in place, size, shade, values and strokes.

Knows scenes and pillow; knows nothing of captions or models.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from rag.protocols import Pixels
from training.sight.scenes import Scene

SIDE: Final = 128

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

PAINTS: Final[Mapping[str, Colour]] = {
    "red": (214, 34, 38),
    "orange": (244, 132, 22),
    "yellow": (240, 216, 34),
    "green": (36, 150, 60),
    "blue": (32, 84, 212),
    "purple": (128, 46, 170),
    "pink": (248, 140, 190),
    "brown": (126, 76, 36),
}
GROUNDS: Final[Mapping[str, int]] = {"white": 248, "grey": 168, "black": 22}
TRENDS: Final[Mapping[str, Callable[[float], float]]] = {
    "rising": lambda x: x,
    "falling": lambda x: 1 - x,
    "peak": lambda x: 1 - abs(2 * x - 1),
    "dip": lambda x: abs(2 * x - 1),
}
"""The course of values from 0 to 1."""

SHADE: Final = 14
"""How far each channel may lie from its colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What a painter draws with; `box` is the part of the canvas that it may fill."""

    draw: ImageDraw.ImageDraw
    box: Box
    paint: Colour
    ground: Colour
    rng: random.Random

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the point at those fractions of the box, y from its foot up."""
        left, top, right, bottom = self.box
        return left + x * (right - left), bottom - y * (bottom - top)


def draw(scene: Scene, rng: random.Random) -> Pixels:
    """Return one picture of the scene, (SIDE, SIDE, 3)."""
    shade = GROUNDS[scene.ground] + rng.randint(-SHADE // 2, SHADE // 2)
    ground = (shade, shade, shade)
    canvas = Image.new("RGB", (SIDE, SIDE), ground)
    pen = Pen(
        draw=ImageDraw.Draw(canvas),
        box=_frame(rng),
        paint=_near(PAINTS[scene.colour], rng),
        ground=ground,
        rng=rng,
    )
    PAINTERS[scene.kind](pen, scene.detail)
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, 3, (SIDE, SIDE, 3))
    return np.clip(np.asarray(canvas) + noise, 0, 255).astype(np.uint8)


def colourless(pixels: Pixels) -> Pixels:
    """Return the picture in shades of grey, of the same shape."""
    return np.asarray(Image.fromarray(pixels).convert("L").convert("RGB"))


def _frame(rng: random.Random) -> Box:
    left, top, right, bottom = (rng.uniform(6, 26) for _ in range(4))
    return left, top, SIDE - right, SIDE - bottom


def _near(colour: Colour, rng: random.Random) -> Colour:
    red, green, blue = (min(255, max(0, c + rng.randint(-SHADE, SHADE))) for c in colour)
    return red, green, blue


def _heights(trend: str, n: int, rng: random.Random) -> list[float]:
    """Return n values in 0.08..1 that follow the trend, not without waverings."""
    low, high = rng.uniform(0.08, 0.25), rng.uniform(0.8, 1)
    waver = 0.3 / n
    values = [low + (high - low) * TRENDS[trend]((i + 0.5) / n) for i in range(n)]
    return [min(1.0, max(0.05, v + rng.uniform(-waver, waver))) for v in values]


def _axes(pen: Pen) -> None:
    grey = (120, 120, 120)
    pen.draw.line([pen.at(0, 1), pen.at(0, 0), pen.at(1, 0)], fill=grey, width=2)


def _bars(pen: Pen, trend: str) -> None:
    _axes(pen)
    heights = _heights(trend, pen.rng.randint(4, 8), pen.rng)
    n, thick = len(heights), pen.rng.uniform(0.5, 0.8)
    for i, height in enumerate(heights):
        left, top = pen.at((i + 0.5 - thick / 2) / n, height)
        right, foot = pen.at((i + 0.5 + thick / 2) / n, 0)
        pen.draw.rectangle((left, top, right, foot), fill=pen.paint)


def _course(pen: Pen, trend: str) -> list[tuple[float, float]]:
    heights = _heights(trend, pen.rng.randint(5, 9), pen.rng)
    return [pen.at(i / (len(heights) - 1), height) for i, height in enumerate(heights)]


def _line(pen: Pen, trend: str) -> None:
    _axes(pen)
    points = _course(pen, trend)
    pen.draw.line(points, fill=pen.paint, width=pen.rng.randint(3, 5), joint="curve")


def _area(pen: Pen, trend: str) -> None:
    _axes(pen)
    pen.draw.polygon([pen.at(0, 0), *_course(pen, trend), pen.at(1, 0)], fill=pen.paint)


def _scatter(pen: Pen, trend: str) -> None:
    _axes(pen)
    radius, n = pen.rng.uniform(2.5, 4), pen.rng.randint(14, 24)
    for i, height in enumerate(_heights(trend, n, pen.rng)):
        x, y = pen.at((i + 0.5) / n, height + pen.rng.uniform(-0.08, 0.08))
        pen.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=pen.paint)


def _square(pen: Pen) -> Box:
    left, top, right, bottom = pen.box
    radius = min(right - left, bottom - top) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    return x - radius, y - radius, x + radius, y + radius


def _pie(pen: Pen, count: str) -> None:
    sizes = [pen.rng.uniform(0.7, 1.3) for _ in range(int(count))]
    turn, box = pen.rng.uniform(0, 360), _square(pen)
    for size in sizes:
        end = turn + 360 * size / sum(sizes)
        pen.draw.pieslice(box, turn, end, fill=pen.paint, outline=pen.ground, width=3)
        turn = end


def _table(pen: Pen, count: str) -> None:
    rows, columns = int(count), pen.rng.randint(2, 4)
    width = pen.rng.randint(2, 3)
    for i in range(rows + 1):
        pen.draw.line([pen.at(0, i / rows), pen.at(1, i / rows)], fill=pen.paint, width=width)
    for i in range(columns + 1):
        ends = [pen.at(i / columns, 0), pen.at(i / columns, 1)]
        pen.draw.line(ends, fill=pen.paint, width=width)


def _flow(pen: Pen, count: str) -> None:
    n, low = int(count), pen.rng.uniform(0.2, 0.4)
    pen.draw.line([pen.at(0, 0.5), pen.at(1, 0.5)], fill=pen.paint, width=2)
    for i in range(n):
        left, top = pen.at((i + 0.18) / n, 1 - low)
        right, foot = pen.at((i + 0.82) / n, low)
        pen.draw.rectangle((left, top, right, foot), fill=pen.paint)


def _shape(corners: Sequence[tuple[float, float]]) -> Callable[[Pen, str], None]:
    """Return what paints a polygon; each corner is a length and an angle about its middle."""

    def paint(pen: Pen, place: str) -> None:
        radius = pen.rng.uniform(14, 24)
        x, y = _centre(place, pen.rng)
        turn = pen.rng.uniform(-0.15, 0.15)
        points = [
            (x + radius * r * math.cos(a + turn), y + radius * r * math.sin(a + turn))
            for r, a in corners
        ]
        pen.draw.polygon(points, fill=pen.paint)

    return paint


def _centre(place: str, rng: random.Random) -> tuple[float, float]:
    near, middle = rng.uniform(26, 38), rng.uniform(54, 74)
    return {
        "left": (near, middle),
        "right": (SIDE - near, middle),
        "top": (middle, near),
        "bottom": (middle, SIDE - near),
    }[place]


def _polygon(n: int, first: float) -> list[tuple[float, float]]:
    return [(1.0, first + 2 * math.pi * i / n) for i in range(n)]


def _star() -> list[tuple[float, float]]:
    return [(1.2 if i % 2 == 0 else 0.5, math.pi * (i / 5 - 0.5)) for i in range(10)]


def _cross() -> list[tuple[float, float]]:
    """Return twelve corners of a plus sign: four arms of two corners, four inner corners."""
    corners: list[tuple[float, float]] = []
    for arm in range(4):
        turn = arm * math.pi / 2
        corners += [(1.1, turn - 0.32), (1.1, turn + 0.32), (0.5, turn + math.pi / 4)]
    return corners


PAINTERS: Final[Mapping[str, Callable[[Pen, str], None]]] = {
    "bars": _bars,
    "line": _line,
    "area": _area,
    "scatter": _scatter,
    "pie": _pie,
    "table": _table,
    "flow": _flow,
    "circle": _shape(_polygon(40, 0)),
    "square": _shape(_polygon(4, math.pi / 4)),
    "triangle": _shape(_polygon(3, -math.pi / 2)),
    "star": _shape(_star()),
    "cross": _shape(_cross()),
}
