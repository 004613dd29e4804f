"""What a drawing shows, as a chart is read from it: lines, shapes and words at their places.

Knows a tree that is harmless already (see `svg`), and of style sheets rules for one class or tag.
Widths of words are guessed: no font is opened.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ingest.charts.ink import Colour, Fill, Ink, Label, Point, Stroke, box_of
from ingest.parsers.images.svg_paths import Outline, outlines_of

MOST_SHAPES: Final = 5_000
"""Drawings of more shapes are maps, and no charts to read."""

_DEEPEST: Final = 40
_LETTER_EM: Final = 0.55
"""The usual width of a letter, in sizes of the font."""

_HIDDEN: Final = frozenset(
    "defs symbol clipPath mask pattern marker title desc metadata style linearGradient".split()
)
_INHERITED: Final = (
    "fill", "stroke", "stroke-width", "font-size", "text-anchor", "visibility",
    "fill-opacity", "stroke-opacity", "opacity", "display", "dominant-baseline",
)  # fmt: skip
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?", re.IGNORECASE)
_MOVES: Final = re.compile(r"(matrix|translate|scale|rotate)\s*\(([^()]{0,200})\)")
_RULE: Final = re.compile(r"([.\w-]{1,80})\s{0,9}\{([^{}]{0,2000})\}")
_CURVE: Final = 48

Matrix = tuple[float, float, float, float, float, float]
Style = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _Spot:
    matrix: Matrix
    style: Style
    depth: int = 0


def ink_of(root: Any) -> Ink:  # noqa: ANN401 - lxml brings no types
    """Return what a drawing shows, in its own units; nothing where it has too many shapes."""
    sheet = _sheet(root)
    strokes: list[Stroke] = []
    fills: list[Fill] = []
    labels: list[Label] = []
    start = _Spot(matrix=(1, 0, 0, 1, 0, 0), style={})
    for n, (node, place) in enumerate(_leaves(root, start, sheet)):
        if n >= MOST_SHAPES:
            return Ink()
        if _local(node) == "text":
            labels += _labels(node, place)
            continue
        fill = _colour(place.style, "fill", "#000")
        stroke = _colour(place.style, "stroke", "none")
        for outline in _outlines(node):
            points = tuple(_moved(place.matrix, p) for p in outline.points)
            if fill is not None and len(points) > 2 and _local(node) != "line":  # noqa: PLR2004 - a triangle
                fills.append(Fill(points=points, colour=fill, outlined=stroke is not None))
            elif stroke is not None:
                knots = tuple(_moved(place.matrix, p) for p in outline.knots)
                strokes.append(Stroke(points=knots, colour=stroke))
    return Ink(strokes=strokes, fills=fills, labels=labels)


def _leaves(
    root: Any,  # noqa: ANN401 - as above
    start: _Spot,
    sheet: Mapping[str, str],
) -> Iterator[tuple[Any, _Spot]]:
    """Yield the shapes and texts that are shown, in their order, each with its place and style."""
    waiting = [(root, start)]
    while waiting:
        node, place = waiting.pop()
        name = _local(node)
        if name in _HIDDEN or place.depth > _DEEPEST:
            continue
        style = _style(node, place.style, sheet)
        if style.get("display") == "none" or style.get("visibility") == "hidden":
            continue
        matrix = _times(place.matrix, _matrix(node.get("transform", "")))
        if not all(map(math.isfinite, matrix)):
            continue
        inner = _Spot(matrix=matrix, style=style, depth=place.depth + 1)
        if name in {"svg", "g", "a", "switch"}:
            waiting += [(child, inner) for child in reversed(node)]
        else:
            yield node, inner


def _outlines(node: Any) -> list[Outline]:  # noqa: ANN401 - as above
    """Return the parts of one shape in its own units."""
    name = _local(node)
    if name == "path":
        return outlines_of(node.get("d", ""))
    if name in {"polyline", "polygon"}:
        numbers = _numbers(node.get("points", ""))
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
        return [_closed(points) if name == "polygon" else Outline(points, points)]
    if name == "line":
        ends = [(_side(node, "x1"), _side(node, "y1")), (_side(node, "x2"), _side(node, "y2"))]
        return [Outline(ends, ends)]
    if name == "rect":
        x, y, wide, high = (_side(node, key) for key in ("x", "y", "width", "height"))
        return [_closed([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])]
    if name in {"circle", "ellipse"}:
        rx, ry = (_side(node, key) or _side(node, "r") for key in ("rx", "ry"))
        angles = [2 * math.pi * n / _CURVE for n in range(_CURVE)]
        x, y = _side(node, "cx"), _side(node, "cy")
        return [_closed([(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles])]
    return []


def _closed(points: list[Point]) -> Outline:
    whole = [*points, *points[:1]]
    return Outline(whole, whole)


def _labels(node: Any, place: _Spot) -> Iterator[Label]:  # noqa: ANN401 - as above
    """Yield the words of a text: its own, and each part that has a place of its own."""
    x, y = _side(node, "x"), _side(node, "y")
    parts = [child for child in node if _local(child) == "tspan"]
    placed = [part for part in parts if part.get("x") is not None or part.get("dy") is not None]
    if not placed:
        yield from _label("".join(node.itertext()), (x, y), place)
        return
    size = _size(place.style)
    for part in placed:
        x = _side(part, "x") if part.get("x") is not None else x
        y = _side(part, "y") if part.get("y") is not None else y
        y += _length(part.get("dy", "0"), size)
        yield from _label("".join(part.itertext()), (x, y), place)


def _label(words: str, at: Point, place: _Spot) -> Iterator[Label]:
    text, size = " ".join(words.split()), _size(place.style)
    if not text or size <= 0:
        return
    wide = _LETTER_EM * size * len(text)
    left = at[0] - {"middle": wide / 2, "end": wide}.get(place.style.get("text-anchor", ""), 0.0)
    is_middle = place.style.get("dominant-baseline") in {"middle", "central"}
    base = at[1] + (0.35 * size if is_middle else 0.0)
    top, low = base - 0.8 * size, base + 0.08 * size  # the middle of a figure is .36 above
    corners = [(left, top), (left + wide, top), (left + wide, low), (left, low)]
    a, b = place.matrix[0], place.matrix[1]
    angle = round(math.degrees(math.atan2(b, a))) % 360
    yield Label(text=text, box=box_of([_moved(place.matrix, p) for p in corners]), angle=angle)


def _style(node: Any, outer: Style, sheet: Mapping[str, str]) -> Style:  # noqa: ANN401 - as above
    """Return what a part inherits and says itself: attributes, style sheet, own style."""
    told = {key: value for key in _INHERITED if (value := node.get(key)) is not None}
    classes = [f".{name}" for name in node.get("class", "").split()]
    rules = [sheet.get(key, "") for key in (_local(node), *classes)] + [node.get("style", "")]
    for declared in ";".join(rules).split(";"):
        key, _, value = declared.partition(":")
        if key.strip() in _INHERITED:
            told[key.strip()] = value.strip()
    return {**outer, **told}


def _sheet(root: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    texts = ["".join(node.itertext()) for node in root.iter() if _local(node) == "style"]
    return dict(_RULE.findall("\n".join(texts)[:200_000]))


def _colour(style: Style, key: str, default: str) -> Colour | None:
    """Return a colour on white; None where nothing is drawn. What can't be read is grey."""
    from PIL import ImageColor  # noqa: PLC0415 - only for charts

    said = style.get(key, default).strip().lower()
    alpha = _share(style.get(f"{key}-opacity")) * _share(style.get("opacity"))
    if said in {"none", "transparent"} or alpha == 0:
        return None
    try:
        rgb = ImageColor.getrgb(said)[:3]
    except ValueError:
        rgb = (128, 128, 128)
    red, green, blue = (round(alpha * part + (1 - alpha) * 255) for part in rgb)
    return red, green, blue


def _share(text: str | None) -> float:
    numbers = _numbers(text or "1")
    return min(1.0, max(0.0, numbers[0])) if numbers else 1.0


def _size(style: Style) -> float:
    return _length(style.get("font-size", "16"), 16.0)


def _length(text: str, size: float) -> float:
    """Return a length in the drawing's units; `em` are of the font's size, `pt` 4/3."""
    numbers = _numbers(text)
    unit = text.strip().lower()
    factor = size if unit.endswith("em") else 4 / 3 if unit.endswith("pt") else 1.0
    return numbers[0] * factor if numbers else 0.0


def _side(node: Any, key: str) -> float:  # noqa: ANN401 - as above
    return _length(node.get(key, "0"), 16.0)


def _numbers(text: str) -> list[float]:
    return [number for found in _NUMBER.findall(text) if math.isfinite(number := float(found))]


def _matrix(text: str) -> Matrix:
    """Return what a list of transforms does; those that slant are left out."""
    whole: Matrix = (1, 0, 0, 1, 0, 0)
    for name, told in _MOVES.findall(text):
        n = [*_numbers(told), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        given = len(_numbers(told))
        if name == "matrix":
            step: Matrix = (n[0], n[1], n[2], n[3], n[4], n[5])
        elif name == "translate":
            step = (1, 0, 0, 1, n[0], n[1])
        elif name == "scale":
            step = (n[0], 0, 0, n[1] if given > 1 else n[0], 0, 0)
        else:
            cos, sin = math.cos(math.radians(n[0])), math.sin(math.radians(n[0]))
            x, y = n[1], n[2]
            step = (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
        whole = _times(whole, step)
    return whole


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    """Return what maps a part's points to where they are shown: `inner` first."""
    a, b, c, d, e, f = outer
    ia, ib, ic, id_, ie, if_ = inner
    return (
        a * ia + c * ib, b * ia + d * ib, a * ic + c * id_, b * ic + d * id_,
        a * ie + c * if_ + e, b * ie + d * if_ + f,
    )  # fmt: skip


def _moved(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def _local(node: Any) -> str:  # noqa: ANN401 - as above
    return str(node.tag).rpartition("}")[2]
