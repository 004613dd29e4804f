"""Charts written as SVG, as d3 does, and printed by Chromium: `draw(specs, path)`."""

from __future__ import annotations

import math
import random
from pathlib import Path
from xml.sax.saxutils import escape

from playwright.sync_api import sync_playwright

PALETTES = (
    ("#4e79a7", "#f28e2c", "#e15759", "#76b7b2", "#59a14f", "#edc949", "#af7aa1"),
    ("#1f3b73", "#c44536", "#77a07a", "#f0b429", "#6b4c9a", "#3aa6b9", "#9a6b4c"),
)
WIDE, HIGH = 460, 240
LEFT, TOP = 130, 40
KINDS = ("bar", "grouped", "stacked", "level", "level grouped", "negative", "line", "year line",
         "scatter", "pie", "area", "stacked area")  # fmt: skip


def draw(specs, path: Path, *, held_back: bool = False) -> None:  # noqa: ARG001 - all of it is
    """Write one page for each chart."""
    prose = "<p>The figures were gathered by the districts themselves and checked twice by the office before they were printed. What follows from them is told in the next part.</p>"
    pages = [
        f"<section>{prose}{_svg(spec)}<p>Figure {spec.seed + 1}: {spec.title}.</p>{prose}</section>"
        for spec in specs
    ]
    style = "section{break-after:page;font:15px sans-serif} svg text{font-family:sans-serif}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page()
        page.set_content(f"<style>{style}</style>{''.join(pages)}")
        page.pdf(path=str(path), format="A4")
        browser.close()


def _svg(spec) -> str:
    rnd = random.Random(spec.style)
    look = {
        "colours": rnd.choice(PALETTES),
        "size": rnd.choice([10, 11, 12]),
        "grid": rnd.random() < 0.6,
        "round": rnd.choice([0, 0, 3]),
    }
    parts = (
        _pie(spec, look)
        if spec.kind == "pie"
        else _level(spec, look)
        if "level" in spec.kind
        else _upright(spec, look)
    )
    if len(spec.series) > 1:
        parts += _legend(list(spec.series), look)
    return f'<svg width="{WIDE + 200}" height="{HIGH + 130}">{"".join(parts)}</svg>'


def _text(x, y, words, look, anchor="middle") -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" font-size="{look["size"]}" text-anchor="{anchor}">{escape(str(words))}</text>'


def _legend(names, look) -> list[str]:
    parts = []
    for n, name in enumerate(names):
        x = LEFT + 110 * n
        parts.append(
            f'<rect x="{x}" y="{TOP + HIGH + 45}" width="12" height="12" fill="{look["colours"][n]}"/>'
        )
        parts.append(_text(x + 18, TOP + HIGH + 55, name, look, "start"))
    return parts


def _ticks(spec):
    step = spec.extra["step"]
    return [spec.low + step * n for n in range(round((spec.top - spec.low) / step) + 1)]


def _told(value) -> str:
    return f"{value:,.10g}"


def _upright(spec, look) -> list[str]:
    def y(value):
        return TOP + HIGH * (spec.top - value) / (spec.top - spec.low)

    parts = []
    for tick in _ticks(spec):
        if look["grid"]:
            parts.append(
                f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y(tick):.2f}" y2="{y(tick):.2f}" stroke="#ddd"/>'
            )
        parts.append(_text(LEFT - 8, y(tick) + 0.35 * look["size"], _told(tick), look, "end"))
    parts.append(
        f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y(0):.2f}" y2="{y(0):.2f}" stroke="#333"/>'
    )
    if spec.kind == "scatter":
        return parts + _dots(spec, look, y)
    if "bar" in spec.kind or spec.kind in {"grouped", "stacked", "negative"}:
        return parts + _bars(spec, look, y)
    return parts + _paths(spec, look, y)


def _bars(spec, look, y) -> list[str]:
    parts = []
    band = WIDE / len(spec.names)
    for k, name in enumerate(spec.names):
        below = 0.0
        for n, values in enumerate(spec.series.values()):
            many = 1 if spec.kind == "stacked" else len(spec.series)
            x = LEFT + band * (k + 0.15) + 0.7 * band / many * (0 if many == 1 else n)
            ends = sorted((y(below), y(below + values[k])))
            below += values[k] if spec.kind == "stacked" else 0
            parts.append(
                f'<rect x="{x:.2f}" y="{ends[0]:.2f}" width="{0.7 * band / many:.2f}" height="{ends[1] - ends[0]:.2f}" fill="{look["colours"][n]}"/>'
            )
            if spec.labelled:
                parts.append(_text(x + 0.35 * band / many, ends[0] - 4, f"{values[k]:.3g}", look))
        parts.append(_text(LEFT + band * (k + 0.5), TOP + HIGH + 16, name, look))
    return parts


def _paths(spec, look, y) -> list[str]:
    parts = []
    step = WIDE / (len(spec.names) - 1)
    below = [0.0] * len(spec.names)
    for n, values in enumerate(spec.series.values()):
        tops = (
            [a + b for a, b in zip(below, values, strict=True)] if "area" in spec.kind else values
        )
        way = [f"{LEFT + step * k:.2f},{y(value):.2f}" for k, value in enumerate(tops)]
        colour = look["colours"][n]
        if "area" in spec.kind:
            back = [f"{LEFT + step * k:.2f},{y(value):.2f}" for k, value in enumerate(below)][::-1]
            parts.append(f'<path d="M{"L".join(way + back)}Z" fill="{colour}"/>')
            below = tops
        else:
            parts.append(
                f'<path d="M{"L".join(way)}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
    every = 1 if len(spec.names) < 13 else 3
    for k, name in list(enumerate(spec.names))[::every]:
        parts.append(
            f'<line x1="{LEFT + step * k:.2f}" x2="{LEFT + step * k:.2f}" y1="{TOP + HIGH}" y2="{TOP + HIGH + 5}" stroke="#333"/>'
        )
        parts.append(_text(LEFT + step * k, TOP + HIGH + 18, name, look))
    return parts


def _dots(spec, look, y) -> list[str]:
    parts = [
        _text(LEFT + WIDE * tick / 50, TOP + HIGH + 18, tick, look) for tick in range(0, 51, 10)
    ]
    for n, pairs in enumerate(spec.series.values()):
        parts += [
            f'<circle cx="{LEFT + WIDE * x / 50:.2f}" cy="{y(v):.2f}" r="3.5" fill="{look["colours"][n]}"/>'
            for x, v in pairs
        ]
    return parts


def _level(spec, look) -> list[str]:
    def x(value):
        return LEFT + WIDE * value / spec.top

    parts = []
    band = HIGH / len(spec.names)
    if not spec.labelled:
        parts += [_text(x(tick), TOP + HIGH + 16, _told(tick), look) for tick in _ticks(spec)]
    for k, name in enumerate(spec.names):
        for n, values in enumerate(spec.series.values()):
            thick = 0.7 * band / len(spec.series)
            top = TOP + band * (k + 0.15) + thick * n
            parts.append(
                f'<rect x="{LEFT}" y="{top:.2f}" width="{x(values[k]) - LEFT:.2f}" height="{thick:.2f}" rx="{look["round"]}" fill="{look["colours"][n]}"/>'
            )
            if spec.labelled:
                parts.append(
                    _text(
                        x(values[k]) + 4,
                        top + thick / 2 + 0.35 * look["size"],
                        f"{values[k]:.3g}",
                        look,
                        "start",
                    )
                )
        parts.append(
            _text(LEFT - 8, TOP + band * (k + 0.5) + 0.35 * look["size"], name, look, "end")
        )
    return parts


def _pie(spec, look) -> list[str]:
    (values,) = spec.series.values()
    cx, cy, r = 300, 170, 110
    at, parts = 0.0, []
    for n, (name, value) in enumerate(zip(spec.names, values, strict=True)):
        share = value / sum(values)
        one, two = 2 * math.pi * at, 2 * math.pi * (at + share)
        large = int(share > 0.5)
        parts.append(
            f'<path d="M{cx},{cy}L{cx + r * math.sin(one):.3f},{cy - r * math.cos(one):.3f}'
            f'A{r},{r} 0 {large} 1 {cx + r * math.sin(two):.3f},{cy - r * math.cos(two):.3f}Z" fill="{look["colours"][n]}" stroke="#fff"/>'
        )
        middle = (one + two) / 2
        words = f"{name} {100 * share:.0f}%" if spec.labelled else name
        anchor = "start" if math.sin(middle) >= 0 else "end"
        parts.append(
            _text(
                cx + 1.08 * r * math.sin(middle),
                cy - 1.1 * r * math.cos(middle) + 4,
                words,
                look,
                anchor,
            )
        )
        at += share
    return parts
